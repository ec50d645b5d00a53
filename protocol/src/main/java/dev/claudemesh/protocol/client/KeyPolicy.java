package dev.claudemesh.protocol.client;

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
}
