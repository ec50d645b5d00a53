package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// What the writer is asked to do with the queue, in the order in which it was asked.
sealed interface Command {

  /// Store a message, acknowledge it, hand it out.
  ///
  /// @param origin where it came from; empty if the broker sends it for a member, at its time
  /// @param frame the encoded push, the same for all recipients
  record Accept(
      Letter letter,
      List<Recipient> recipients,
      Optional<Origin> origin,
      byte[] frame,
      CompletableFuture<Receipt> receipt)
      implements Command {

    /// Where a message came from.
    ///
    /// @param socket by which it came: what goes back there must come after the ack
    record Origin(Peer author, Connection socket) {
      boolean is(Connection other) {
        return socket == other;
      }
    }

    /// Memory it holds while it waits, roughly.
    int bytes() {
      return letter.body().ciphertext().length() + frame.length;
    }
  }

  /// A recipient's client said what became of a message, or its bytes were flushed to a client that
  /// never says.
  record Confirm(Peer by, List<String> messageIds, DeliveryStatus status, Optional<String> reason)
      implements Command {}

  /// The same, for a client that knows a message only by the id its sender gave it.
  record ConfirmByClientId(Peer by, String clientMessageId) implements Command {}

  /// A push was dropped instead of written.
  record Dropped(Peer peer, Connection socket) implements Command {}

  /// A peer has a socket, perhaps a new one: what was pushed to the old one is due again.
  record Ready(Peer peer) implements Command {}

  /// A peer's gate may be open now.
  record Opened(Peer peer) implements Command {}

  /// A peer is gone: others may have what it held.
  record Gone(Peer peer) implements Command {}

  /// A peer has no socket yet but may come back: an earlier run of the broker knew it.
  record Expected(Peer peer) implements Command {}

  /// Take back leases that ended.
  record Sweep() implements Command {}

  /// End messages that are too old.
  record Expire(Instant now) implements Command {}

  /// Tell which recipients' copies of a message are in somebody's hands, by key, once all that was
  /// said of them before is on disk.
  record Inquire(String messageId, CompletableFuture<Set<String>> held) implements Command {}
}
