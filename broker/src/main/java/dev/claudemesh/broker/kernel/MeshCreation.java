package dev.claudemesh.broker.kernel;

/// Who may make a mesh on this broker.
public enum MeshCreation {
  /// Anyone who can reach it; the default on loopback.
  OPEN,
  /// Whoever knows the creation token; the default elsewhere.
  TOKEN,
  /// Nobody.
  CLOSED
}
