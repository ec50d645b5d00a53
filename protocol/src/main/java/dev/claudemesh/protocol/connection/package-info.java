/// Room connection: who is at the other end of a socket, proven by signature, and for how long they
/// count as here.
///
/// Tables: `presence`, `peer_state`, `spent_proof`. Invariants: a hello signature is accepted once;
/// one presence a session key; `hello_ack` is the first frame after a good hello.
package dev.claudemesh.protocol.connection;
