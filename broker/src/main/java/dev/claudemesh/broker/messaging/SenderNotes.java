package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.messaging.Round.Change;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageEvent.StatusChanged;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// Tells senders what became of their messages, as far as they are here to be told;
/// `message_status` tells the others.
final class SenderNotes {
  static final String EXPIRED = "message_expired";

  private final Peers peers;
  private final InstantSource clock;

  SenderNotes(Peers peers, InstantSource clock) {
    this.peers = peers;
    this.clock = clock;
  }

  /// A copy got a new status.
  void changed(Change change) {
    if (change.notifySender()) {
      StatusChanged event =
          new StatusChanged(
              change.copy().messageId(),
              change.copy().recipientKey(),
              name(change),
              change.status(),
              change.reason());
      senders(change).forEach(socket -> socket.send(event));
    }
  }

  /// A copy got too old: its sender hears of it whether they asked or not.
  void expired(Change change) {
    changed(change);
    List<Connection> sockets = senders(change);
    if (!sockets.isEmpty()) {
      Push news =
          Push.news(
              UUID.randomUUID().toString(),
              change.meshId(),
              EXPIRED,
              data(change),
              clock.instant());
      sockets.forEach(socket -> socket.send(news));
    }
  }

  private JsonNode data(Change change) {
    return Wire.mapper()
        .createObjectNode()
        .put("messageId", change.copy().messageId())
        .put("targetSpec", change.targetSpec())
        .put("recipient", change.copy().recipientKey())
        .put("recipientName", name(change));
  }

  private String name(Change change) {
    return peers
        .session(change.meshId(), new PublicKey(change.copy().recipientKey()))
        .map(Peer::displayName)
        .orElse(change.recipientName());
  }

  /// The peer that sent it, else the member's other sessions.
  private List<Connection> senders(Change change) {
    List<Peer> mine = peers.ofMember(change.meshId(), change.senderMemberId());
    List<Connection> same =
        mine.stream()
            .filter(peer -> peer.address().hex().equals(change.senderAddress()))
            .flatMap(peer -> peer.connection().stream())
            .toList();
    return same.isEmpty()
        ? mine.stream().filter(Peer::isSession).flatMap(peer -> peer.connection().stream()).toList()
        : same;
  }
}
