/// Bytes to requests and back: one port for HTTP and WebSocket, one lane a connection, one front
/// door for both.
///
/// Event loops move bytes and never wait; lanes decode, ask the rooms and may block. Everything
/// that queues has a bound in `LimitsConfig`.
package dev.claudemesh.broker.net;
