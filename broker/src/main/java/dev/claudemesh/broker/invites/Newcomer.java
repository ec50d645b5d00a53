package dev.claudemesh.broker.invites;

import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest.InviteProof;
import java.util.List;
import java.util.Optional;

/// Who is about to become a member.
///
/// @param proof by which a member can check that they were invited, before sealing the mesh key to
///   them
/// @param key the mesh key sealed to them, where the broker itself could do that
record Newcomer(
    String memberId,
    String pubkey,
    String displayName,
    String role,
    Optional<String> roleTag,
    List<GroupRole> groups,
    String messageMode,
    Optional<InviteProof> proof,
    Optional<EpochKey> key) {}
