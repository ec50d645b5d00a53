/// Room presence: who is here and what they are doing.
///
/// Tables: `presence`, `pending_status`, `peer_state`. Invariants: a status outlives its source's
/// freshness only as `states.md` draws it; a hidden peer is seen by its own member only; one mesh
/// never changes another's status.
package dev.claudemesh.protocol.presence;
