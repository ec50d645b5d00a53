/// Room messaging: a message's way from one peer's outbox to another's screen.
///
/// Tables: `message`, `delivery`. Invariants: an `ack` means committed; a repeated
/// `client_message_id` gets the first id; per sender and recipient, delivery keeps the order of
/// acceptance within a priority; the broker never sees a body.
package dev.claudemesh.protocol.messaging;
