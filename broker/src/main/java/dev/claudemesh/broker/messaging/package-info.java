/// Room messaging: a message's way from an accepted `send` to a confirmed delivery.
///
/// Tables: `message`, `delivery`; reads `mesh`, `member`, `presence`, `peer_state`. Invariants: an
/// `ack` means committed; the writer is the only one that changes the queue; a copy is leased to
/// one socket at a time; what one sender sends to one recipient arrives in the order of acceptance
/// within a priority; bodies are opaque and never in a log.
package dev.claudemesh.broker.messaging;
