package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Peer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps a sender's order over a refusal: after a message was refused with `busy`, later ones of
/// the same peer are refused too until the refused one is sent again, or a while has passed.
/// Without this, what the client had already sent would overtake what it must repeat.
///
/// Thread-safe; at most one entry a peer.
final class HeldLines {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final ConcurrentHashMap<String, Held> lines = new ConcurrentHashMap<>();

  private record Held(String clientMessageId, Instant until) {}

  /// A message was refused and will be sent again. Those without an id of their client's are not
  /// repeated, so nothing waits for them.
  void refused(Peer author, Optional<String> clientMessageId, Instant now) {
    clientMessageId.ifPresent(
        id -> lines.putIfAbsent(author.presenceId(), new Held(id, now.plus(LONGEST))));
  }

  /// Whether a message may pass; the one that was waited for opens the line again.
  boolean admits(Peer author, Optional<String> clientMessageId, Instant now) {
    Held held = lines.get(author.presenceId());
    if (held == null || clientMessageId.isEmpty()) {
      return true;
    }
    boolean opens =
        held.clientMessageId().equals(clientMessageId.get()) || now.isAfter(held.until());
    if (opens) {
      lines.remove(author.presenceId(), held);
    }
    return opens;
  }

  void forget(Peer author) {
    lines.remove(author.presenceId());
  }
}
