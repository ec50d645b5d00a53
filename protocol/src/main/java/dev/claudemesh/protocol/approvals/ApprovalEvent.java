package dev.claudemesh.protocol.approvals;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Frame;
import java.util.Optional;

/// What the broker carries to those who ask and those who are asked.
public sealed interface ApprovalEvent extends Event {

  /// A session asks.
  @Frame(type = "approval_asked", summary = "A session asks you whether it may use a tool")
  record Asked(
      @Doc("Id of the request") String approvalId,
      @Doc("Member key of the asker, hex: the one the box opens with") String from,
      @Doc("Display name of the asking member") String fromName,
      @Doc("Nonce of the box, base64") String nonce,
      @Doc("What is asked, boxed, base64") String ciphertext)
      implements ApprovalEvent {
    /// Without the box.
    @Override
    public String toString() {
      return "Asked[" + approvalId + "]";
    }
  }

  /// A member answered.
  @Frame(type = "approval_answered", summary = "A member answered what you asked")
  record Answered(
      @Doc("Id of the request") String approvalId,
      @Doc("Key of the member, hex: the one the box opens with") String from,
      @Doc("Display name of the member") String fromName,
      @Doc("Nonce of the box, base64") String nonce,
      @Doc("The answer, boxed, base64") String ciphertext)
      implements ApprovalEvent {
    /// Without the box.
    @Override
    public String toString() {
      return "Answered[" + approvalId + "]";
    }
  }

  /// A request has ended.
  @Frame(type = "approval_settled", summary = "A request that you were shown has ended")
  record Settled(
      @Doc("Id of the request") String approvalId,
      @Doc("How it ended") ApprovalOutcome outcome,
      @Doc("Key of the member whose answer counted, hex") Optional<String> by)
      implements ApprovalEvent {}
}
