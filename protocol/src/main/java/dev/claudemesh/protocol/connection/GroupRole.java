package dev.claudemesh.protocol.connection;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Size;
import java.util.Optional;

/// Membership of one group.
public record GroupRole(
    @Doc("Path of the group without the @, such as backend/api") @Size(value = 100, min = 1)
        String name,
    @Doc("What the peer is in that group, in its own words") @Size(50) Optional<String> role) {}
