package dev.claudemesh.broker.kernel;

import java.util.Optional;
import java.util.stream.Stream;

/// What a member can let another member do (PROTOCOL 9.3, ADR 4).
public enum Grant {
  /// Seeing what their sessions are doing, and where.
  READ("read", true),
  /// Writing to them directly.
  DM("dm", true),
  /// Writing to groups they are in, and to everyone.
  BROADCAST("broadcast", true),
  /// Seeing what they put into the shared data of the mesh.
  STATE_READ("state-read", true),
  /// Changing what they protected in it.
  STATE_WRITE("state-write", false),
  /// Fetching the files they share.
  FILE_READ("file-read", false),
  /// Calling the tools they lend.
  TOOLS("tools", false);

  private final String wireName;
  private final boolean byDefault;

  Grant(String wireName, boolean byDefault) {
    this.wireName = wireName;
    this.byDefault = byDefault;
  }

  public String wireName() {
    return wireName;
  }

  /// Whether those have it of whom nothing was said.
  public boolean byDefault() {
    return byDefault;
  }

  public static Optional<Grant> of(String wireName) {
    return Stream.of(values()).filter(grant -> grant.wireName.equals(wireName)).findFirst();
  }
}
