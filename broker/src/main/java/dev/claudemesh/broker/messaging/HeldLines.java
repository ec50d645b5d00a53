package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.HeldLine;
import dev.claudemesh.broker.kernel.Peer;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The lines of the peers of whom the writer refused a message. A connection keeps one too, but
/// what it let through before it heard of a refusal is already on its way here.
///
/// Thread-safe; at most one line a peer, until the peer is gone.
final class HeldLines {
  private final ConcurrentHashMap<String, HeldLine> lines = new ConcurrentHashMap<>();

  /// A message was refused and will be sent again.
  void refused(Peer author, Optional<String> clientMessageId, Instant now) {
    lines
        .computeIfAbsent(author.presenceId(), peer -> new HeldLine())
        .refused(clientMessageId, now);
  }

  /// Whether a message may pass; the one that was waited for opens the line again.
  boolean admits(Peer author, Optional<String> clientMessageId, Instant now) {
    HeldLine line = lines.get(author.presenceId());
    return line == null || line.admits(clientMessageId, now);
  }

  void forget(Peer author) {
    lines.remove(author.presenceId());
  }
}
