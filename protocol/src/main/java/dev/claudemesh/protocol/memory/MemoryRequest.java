package dev.claudemesh.protocol.memory;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Called;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.util.List;
import java.util.Optional;

/// What the mesh is to remember.
public sealed interface MemoryRequest<R extends Reply> extends Request<R> {

  /// Keeps a text for everybody on the mesh, until it is forgotten.
  @Operation(
      type = "remember",
      access = Access.WRITE,
      tool = true,
      cli = "remember",
      summary =
          "Have the mesh remember something for everybody: a decision, a fact, how it is done")
  record Remember(
      @Doc("What is to be remembered, understandable by itself") @Size(value = 16_384, min = 1)
          String content,
      @Audited(false)
          @Doc("Words to find it by, which count more than those of the content")
          @Size(value = 20, each = 50)
          Optional<List<String>> tags)
      implements MemoryRequest<MemoryReply.Stored> {}

  /// Finds memories by their words, the best ones first. Words are understood as web searches
  /// understand them: all must be there, in any form; `"in quotes"` one after the other, `or`
  /// between them one of them, `-` before one not. The last word may be unfinished, and words that
  /// nobody ever wrote are taken for those that look like them. No text is an error.
  @Operation(
      type = "recall",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary = "Search what the mesh remembers, the best first; no words: the newest")
  record Recall(
      @Doc("Words to look for; \"in quotes\", or, and -without mean what they mean in web searches")
          @Size(1_000)
          String query,
      @Doc("Only memories with all of these tags") @Size(value = 20, each = 50)
          Optional<List<String>> tags,
      @Doc("How many at most; 20 if absent") @Range(min = 1, max = 100) Optional<Integer> limit,
      @Doc("Only those of this member: name or key") @Size(value = 100, min = 1)
          Optional<String> by)
      implements MemoryRequest<MemoryReply.Results> {}

  /// Removes a memory for good. Its author may, and admins.
  @Operation(
      type = "forget",
      access = Access.WRITE,
      tool = true,
      effect = Effect.DESTROY,
      cli = "forget",
      summary = "Remove a memory for everybody; only who had it remembered, or an admin, may")
  record Forget(
      @Called("id") @Doc("Its id, or the first 8 or more characters of it") @Id String memoryId)
      implements MemoryRequest<MessageReply.Ack> {}
}
