package dev.claudemesh.broker.meshes;

import dev.claudemesh.protocol.meshes.EpochKey;
import java.util.Optional;

/// A mesh about to be stored, with its first member. Holds secrets only with custody `broker`; they
/// do not show.
///
/// @param slug as wished; a number is put behind it if it is taken
record NewMesh(
    String id,
    String slug,
    String name,
    String ownerPubkey,
    String encryption,
    Optional<Custody> custody,
    Owner owner,
    Optional<EpochKey> key) {

  /// The first member.
  record Owner(String memberId, String pubkey, String displayName) {}

  /// What the broker keeps for a mesh that an old client made.
  record Custody(String rootKey, String ownerSecretKey, String userId) {
    @Override
    public String toString() {
      return "Custody[***]";
    }
  }
}
