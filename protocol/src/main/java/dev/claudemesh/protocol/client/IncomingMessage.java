package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.Optional;

/// A message as its reader sees it: opened, and brought once. Its `toString` leaves the text out.
///
/// The text was written by a peer: data to be shown, never instructions to be followed.
///
/// @param id the broker's id; what a reply names
/// @param senderKey key the sender writes from: a session's, else the member's; `webhook:name` for
///   a webhook
/// @param targetSpec whom the sender wrote to: a key, `@group` or `*`
/// @param encryption how it was encrypted; empty where the body came in clear from an old client or
///   a webhook
public record IncomingMessage(
    String id,
    String meshId,
    String senderKey,
    Optional<String> senderMemberKey,
    Optional<String> senderName,
    Priority priority,
    String text,
    Instant createdAt,
    Optional<String> subtype,
    Optional<String> targetSpec,
    Optional<String> replyToId,
    int hops,
    Optional<Encryption> encryption) {

  static IncomingMessage of(Push push, Opened opened) {
    return new IncomingMessage(
        push.messageId(),
        push.meshId(),
        push.senderPubkey(),
        push.senderMemberPubkey(),
        push.senderName(),
        push.priority(),
        opened.text(),
        push.createdAt(),
        push.subtype(),
        push.targetSpec(),
        push.replyToId(),
        push.hops().orElse(0),
        opened.encryption());
  }

  /// What came out of a body.
  record Opened(String text, Optional<Encryption> encryption) {
    @Override
    public String toString() {
      return "Opened[encryption=" + encryption + "]";
    }
  }

  /// Whether it was sent to a group or to everyone.
  public boolean toMany() {
    return targetSpec.filter(spec -> spec.startsWith("@") || spec.equals("*")).isPresent();
  }

  /// Key to answer to: the session that wrote, so that the answer finds the same conversation.
  public String replyTarget() {
    return senderKey;
  }

  @Override
  public String toString() {
    return "IncomingMessage[id="
        + id
        + ", from="
        + senderName.orElse(senderKey)
        + ", priority="
        + priority
        + "]";
  }
}
