package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.net.URI;
import java.util.Optional;

/// Who a client is on one mesh.
///
/// @param brokerUrl the broker's WebSocket address, such as `ws://127.0.0.1:7900/ws`
/// @param member the member's key, the same in all of its sessions
/// @param session the key of this session; empty for a client that speaks as the member itself
public record Identity(
    URI brokerUrl, String meshId, String memberId, SecretKey member, Optional<SecretKey> session) {
  /// The key others reach this client by.
  public PublicKey address() {
    return session.orElse(member).publicKey();
  }

  public PublicKey memberKey() {
    return member.publicKey();
  }
}
