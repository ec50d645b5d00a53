package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.invites.KeyProofs;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.meshes.KeyRequest;
import java.util.List;
import java.util.Optional;

/// Decides whether a newcomer may be handed the mesh key. The broker says who asks; it must not be
/// believed without proofs.
@FunctionalInterface
public interface KeyPolicy {
  /// Why the key is withheld; empty if it may be handed over.
  ///
  /// @param members who belongs to the mesh, as the broker says
  Optional<String> refusal(String meshId, KeyRequest request, List<Member> members);

  /// Hands the key to whoever proves to have been invited by the owner or an admin.
  ///
  /// @param owner the mesh's owner as pinned when joining; if empty, the broker is believed on this
  ///   one point
  static KeyPolicy byProof(Optional<PublicKey> owner) {
    return (meshId, request, members) -> KeyProofs.refusal(meshId, owner, request, members);
  }
}
