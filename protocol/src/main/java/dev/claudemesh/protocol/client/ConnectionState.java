package dev.claudemesh.protocol.client;

/// What a {@link MeshClient} is doing about its connection.
public enum ConnectionState {
  /// A socket is being opened, or the broker has not answered the hello yet.
  CONNECTING,
  /// The broker knows us; calls and messages go through.
  OPEN,
  /// The connection was lost; the next try comes after a pause.
  WAITING,
  /// Closed by us, or refused for good. Never changes again.
  ENDED
}
