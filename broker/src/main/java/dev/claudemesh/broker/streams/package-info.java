/// Room streams: data that is told to whoever subscribed, as it happens.
///
/// Tables: `stream`, `stream_subscription`. Invariants: what is published is not kept; who listens
/// is on disk before it is acknowledged, so that it outlives the connection and the broker; who
/// could not be reached is told how much it missed with what comes next.
package dev.claudemesh.broker.streams;
