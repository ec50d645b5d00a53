package dev.claudemesh.broker.net;

/// What comes out of a WebSocket once fragments are joined.
sealed interface Inbound {
  /// A whole message, text or binary: bytes that should be one JSON object.
  record Message(byte[] bytes) implements Inbound {}

  record Ping(byte[] payload) implements Inbound {}

  record Pong() implements Inbound {}

  /// The client closes. 1005 if it gave no code.
  record Close(int code) implements Inbound {}

  /// The client broke the protocol; the connection ends with this code and no further byte of it is
  /// read.
  record Violation(int code, String reason) implements Inbound {}
}
