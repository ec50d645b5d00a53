package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Context;
import java.util.Optional;

/// What somebody is called on a mesh.
final class Names {
  private Names() {}

  /// What was asked for, else `CLAUDEMESH_DISPLAY_NAME`, else what the config says, else the user's
  /// name on this machine.
  static String of(Context context, Optional<String> asked) {
    return asked
        .filter(name -> !name.isBlank())
        .or(() -> context.environment().variable("CLAUDEMESH_DISPLAY_NAME"))
        .or(() -> context.config().read().setting("displayName"))
        .or(() -> context.environment().variable("USER"))
        .or(() -> context.environment().variable("USERNAME"))
        .orElse("me");
  }
}
