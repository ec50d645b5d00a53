package dev.claudemesh.broker.audit;

import java.time.Instant;
import java.util.Optional;

/// Something that is to be an entry of the audit.
///
/// @param payload canonical JSON
record Happened(
    String meshId,
    String eventType,
    Optional<String> memberId,
    Optional<String> memberName,
    String payload,
    Instant at) {}
