package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.time.Instant;
import java.util.Optional;

/// A message that no key of ours opens. The sender sees it refused with reason `undecryptable`.
public record Undecryptable(
    String id,
    String senderKey,
    Optional<String> senderName,
    Instant createdAt,
    Optional<String> targetSpec) {
  static Undecryptable of(Push push) {
    return new Undecryptable(
        push.messageId(),
        push.senderPubkey(),
        push.senderName(),
        push.createdAt(),
        push.targetSpec());
  }
}
