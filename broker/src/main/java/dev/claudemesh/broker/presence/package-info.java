/// Room presence: what each peer is doing and says of itself, and who sees it.
///
/// Tables: `presence` (all but the lease), `pending_status`. Invariants: what is in memory is on
/// disk; a status that lets messages through is told on the bus at once; a hook changes the session
/// it names and nobody else's.
package dev.claudemesh.broker.presence;
