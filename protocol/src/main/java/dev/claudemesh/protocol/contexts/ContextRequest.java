package dev.claudemesh.protocol.contexts;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.util.List;
import java.util.Optional;

/// Telling what one works on.
public sealed interface ContextRequest<R extends Reply> extends Request<R> {

  /// Tells what the session works on, in place of what it told before. Others hear of it as
  /// `state_change` of the key `_context:<member name>`.
  @Operation(
      type = "share_context",
      access = Access.WRITE,
      tool = true,
      effect = Effect.REPEATABLE,
      cli = "context share",
      summary =
          "Tell the mesh what you work on: files you read, what you found out; others are told")
  record Share(
      @Doc("What you are doing, in a few sentences") @Size(value = 4_000, min = 1) String summary,
      @Audited(false) @Doc("Files that were read for it") @Size(value = 200, each = 500)
          Optional<List<String>> filesRead,
      @Audited(false) @Doc("What was found out, one sentence each") @Size(value = 50, each = 1_000)
          Optional<List<String>> keyFindings,
      @Audited(false) @Doc("Words to find it by") @Size(value = 20, each = 50)
          Optional<List<String>> tags)
      implements ContextRequest<ContextReply.Shared> {}

  /// Finds contexts whose summary, files or findings hold a text, or that have it as a tag.
  @Operation(
      type = "get_context",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      cli = "context get",
      summary =
          "Find what others on the mesh work on or know, by a text or a tag; the newest first")
  record Get(@Doc("Text in the summary, a file or a finding, or a tag") @Size(500) String query)
      implements ContextRequest<ContextReply.Results> {}

  /// Lists all contexts, the newest first.
  @Operation(
      type = "list_contexts",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      cli = "context list",
      summary = "List what everybody on the mesh works on, the newest first")
  record ListAll() implements ContextRequest<ContextReply.Contexts> {}
}
