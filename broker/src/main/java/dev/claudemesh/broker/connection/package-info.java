/// Room connection: who is at the other end of a socket, proven by signature, and for how long they
/// count as here.
///
/// Tables: `presence`, `peer_state`, `spent_proof`; reads `mesh`, `member`, `permission`.
/// Invariants: a hello's signature is accepted once; one live presence an address; a peer outlives
/// its socket by the grace, and every change of a lease is on disk.
package dev.claudemesh.broker.connection;
