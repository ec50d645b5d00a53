package dev.claudemesh.protocol.approvals;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Hex;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.util.Optional;

/// Asking people whether a tool may be used, and answering. All that matters is in boxes between
/// member keys.
public sealed interface ApprovalRequest<R extends Reply> extends Request<R> {
  /// Longest encrypted request, in characters of base64: an input of 200,000 bytes and what stands
  /// around it.
  int MOST_CIPHERTEXT = 300_000;

  /// Longest time a request may be open.
  int MOST_SECONDS = 600;

  /// A person wants to see what sessions ask. Those that are open follow as events.
  @Operation(
      type = "watch_approvals",
      access = Access.SELF,
      effect = Effect.REPEATABLE,
      audited = false,
      summary = "Be shown what sessions ask you to allow: what is open now, and what comes")
  record Watch(@Doc("Only what is open now") Optional<Boolean> once)
      implements ApprovalRequest<ApprovalReply.Watching> {}

  /// A session asks one member. One call for each member who may answer.
  @Operation(
      type = "ask_approval",
      access = Access.MEMBER,
      summary = "Ask a member whether a tool may be used; reaches their terminals that watch")
  record Ask(
      @Doc("Random id of the request, chosen by the asker, 16 bytes in hex") @Hex(16)
          String approvalId,
      @Doc("Key of the member, hex") @Hex(32) String to,
      @Doc("How long an answer is waited for") @Range(min = 1, max = MOST_SECONDS) int seconds,
      @Audited(false) @Doc("Nonce of the box, base64") @Size(64) String nonce,
      @Audited(false)
          @Doc("What is asked, boxed from the asker's member key to the member's, base64")
          @Size(MOST_CIPHERTEXT)
          String ciphertext)
      implements ApprovalRequest<ApprovalReply.Passed> {
    /// Without the box.
    @Override
    public String toString() {
      return "Ask[" + approvalId + "]";
    }
  }

  /// A member answers. Whether the answer counts is up to the asker.
  @Operation(
      type = "answer_approval",
      access = Access.SELF,
      summary = "Answer a session that asked you whether a tool may be used")
  record Answer(
      @Doc("Id of the request") @Hex(16) String approvalId,
      @Audited(false) @Doc("Nonce of the box, base64") @Size(64) String nonce,
      @Audited(false)
          @Doc("The answer, boxed from the member's key to the asker's member key, base64")
          @Size(8_000)
          String ciphertext)
      implements ApprovalRequest<ApprovalReply.Passed> {
    /// Without the box.
    @Override
    public String toString() {
      return "Answer[" + approvalId + "]";
    }
  }

  /// The asker needs no answer any more.
  @Operation(
      type = "settle_approval",
      access = Access.MEMBER,
      effect = Effect.REPEATABLE,
      summary = "Tell those you asked that your request is settled, and how")
  record Settle(
      @Doc("Id of the request") @Hex(16) String approvalId,
      @Doc("How it ended") ApprovalOutcome outcome,
      @Doc("Key of the member whose answer counted, hex") @Hex(32) Optional<String> by)
      implements ApprovalRequest<ApprovalReply.Passed> {}
}
