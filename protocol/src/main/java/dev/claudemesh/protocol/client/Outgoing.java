package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.messaging.Priority;
import java.util.Optional;

/// A message to be encrypted and sent. Its `toString` leaves the text out.
///
/// @param target key of a session or member, `@group`, or `*` for everyone; {@link Targets} makes
///   one of a name
/// @param replyToId the broker's id of the message it answers; the client counts hops through it
/// @param notifySender whether {@link MeshListener#statusChanged} is to tell of each recipient
public record Outgoing(
    String target,
    Priority priority,
    String text,
    Optional<String> replyToId,
    boolean notifySender) {

  /// A message of priority `next` that answers nothing.
  public static Outgoing of(String target, String text) {
    return new Outgoing(target, Priority.NEXT, text, Optional.empty(), false);
  }

  public Outgoing withPriority(Priority other) {
    return new Outgoing(target, other, text, replyToId, notifySender);
  }

  public Outgoing inReplyTo(String messageId) {
    return new Outgoing(target, priority, text, Optional.of(messageId), notifySender);
  }

  @Override
  public String toString() {
    return "Outgoing[target=" + target + ", priority=" + priority + "]";
  }
}
