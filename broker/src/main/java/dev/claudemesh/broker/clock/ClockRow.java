package dev.claudemesh.broker.clock;

import java.time.Instant;
import java.util.Optional;

/// A mesh's clock as it is stored.
///
/// @param anchorTick the tick it was at
/// @param anchorAt when it was at that tick; it ran on from there unless it is paused
/// @param startedAt when it was started, in real and in simulated time
/// @param seenAt when a session was last seen in the mesh
/// @param changedBy id of the member who changed it last; empty once it stopped by itself
/// @param changedByName what that member is called
record ClockRow(
    String meshId,
    double speed,
    boolean paused,
    long anchorTick,
    Instant anchorAt,
    Instant startedAt,
    Instant seenAt,
    Optional<String> changedBy,
    Optional<String> changedByName) {}
