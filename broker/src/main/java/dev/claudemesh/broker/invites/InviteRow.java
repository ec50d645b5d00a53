package dev.claudemesh.broker.invites;

import dev.claudemesh.protocol.invites.InviteRequest.Preset;
import java.time.Instant;
import java.util.Optional;

/// An invite as it is stored. A v1 token carries the mesh key, so `toString` shows none.
record InviteRow(
    String id,
    String meshId,
    Optional<String> token,
    Optional<String> code,
    int version,
    String role,
    Optional<Preset> preset,
    int maxUses,
    int usedCount,
    Instant expiresAt,
    String issuerPubkey,
    Optional<String> canonical,
    Optional<String> signature,
    Optional<String> createdBy,
    Instant createdAt,
    boolean revoked) {

  int usesLeft() {
    return maxUses - usedCount;
  }

  @Override
  public String toString() {
    return "InviteRow[id=" + id + ", meshId=" + meshId + ", version=" + version + "]";
  }
}
