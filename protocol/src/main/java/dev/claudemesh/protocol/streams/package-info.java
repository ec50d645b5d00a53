/// Room streams: data that is told to whoever subscribed, as it happens.
///
/// Tables: `stream`, `stream_subscription`. Invariants: what is published is not kept; a session's
/// subscriptions outlive its connection and the broker; who missed data is told how much.
package dev.claudemesh.protocol.streams;
