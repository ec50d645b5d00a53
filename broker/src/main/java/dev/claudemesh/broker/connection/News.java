package dev.claudemesh.broker.connection;

import dev.claudemesh.broker.connection.ConnectionStore.Left;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.node.ObjectNode;

/// Tells a mesh who came and who left. Of commands nobody is told; of a hidden peer only its own
/// member is.
final class News {
  private final Peers peers;

  News(Peers peers) {
    this.peers = peers;
  }

  /// A peer is new here, or its member was here before.
  void joined(Peer peer, Optional<Left> before, Instant now) {
    ObjectNode data = about(peer);
    data.set("groups", Wire.mapper().readTree(StoredJson.of(peer.state().groups())));
    before.flatMap(Left::seenAt).ifPresent(at -> data.set("lastSeenAt", tree(at)));
    before.flatMap(Left::summary).ifPresent(summary -> data.put("summary", summary));
    tell(peer, before.isPresent() ? "peer_returned" : "peer_joined", data, now);
  }

  void left(Peer peer, Instant now) {
    tell(peer, "peer_left", about(peer), now);
  }

  private void tell(Peer peer, String event, ObjectNode data, Instant now) {
    if (!peer.isSession()) {
      return;
    }
    boolean hidden = !peer.state().visible();
    String memberId = peer.member().id();
    peers.broadcast(
        peer.meshId(),
        Push.news(UUID.randomUUID().toString(), peer.meshId(), event, data, now),
        other -> other != peer && (!hidden || other.member().id().equals(memberId)));
  }

  private static ObjectNode about(Peer peer) {
    return Wire.mapper()
        .createObjectNode()
        .put("name", peer.displayName())
        .put("pubkey", peer.address().hex())
        .put("memberPubkey", peer.member().key().hex());
  }

  private static tools.jackson.databind.JsonNode tree(Instant at) {
    return Wire.mapper().valueToTree(at);
  }
}
