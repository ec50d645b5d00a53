package dev.claudemesh.protocol.groups;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.util.Optional;

/// Joining and leaving groups.
public sealed interface GroupRequest<R extends Reply> extends Request<R> {

  /// Joins, or changes the role in, a group.
  @Operation(
      type = "join_group",
      access = Access.MEMBER,
      tool = true,
      quiet = true,
      effect = Effect.REPEATABLE,
      summary = "Join a group, so that messages to @name reach you; backend/api is inside backend")
  record Join(
      @Doc("Path of the group without the @, such as backend/api") @Size(value = 100, min = 1)
          String name,
      @Doc("What you are in it, such as lead") @Size(50) Optional<String> role)
      implements GroupRequest<MessageReply.Ack> {}

  /// Leaves a group.
  @Operation(
      type = "leave_group",
      access = Access.MEMBER,
      tool = true,
      quiet = true,
      effect = Effect.REPEATABLE,
      summary = "Leave a group")
  record Leave(@Doc("Path of the group without the @") @Size(value = 100, min = 1) String name)
      implements GroupRequest<MessageReply.Ack> {}
}
