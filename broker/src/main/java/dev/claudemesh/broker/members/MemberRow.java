package dev.claudemesh.broker.members;

import dev.claudemesh.protocol.connection.GroupRole;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A member as the lists show them.
///
/// @param keyPending whether they wait for the mesh key of the current epoch
record MemberRow(
    String id,
    String pubkey,
    String displayName,
    Optional<String> roleTag,
    List<GroupRole> groups,
    String messageMode,
    boolean admin,
    boolean owner,
    Optional<String> userId,
    Instant joinedAt,
    Optional<Instant> lastSeenAt,
    boolean keyPending) {}
