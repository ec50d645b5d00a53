package dev.claudemesh.broker.invites;

import java.util.Optional;

/// What this room needs to know of a mesh.
///
/// @param secrets only with custody `broker`
record InviteMesh(
    String id,
    String slug,
    String name,
    String ownerPubkey,
    String encryption,
    int epoch,
    Optional<Secrets> secrets) {

  /// The keys that the broker holds for a mesh of an old client.
  record Secrets(String rootKey, String ownerSecretKey) {
    @Override
    public String toString() {
      return "Secrets[***]";
    }
  }

  /// Whether old clients take part, so that its invites may carry a v1 token.
  boolean admitsOldClients() {
    return secrets.isPresent() || encryption.equals("compat");
  }
}
