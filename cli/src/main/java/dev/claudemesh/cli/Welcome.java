package dev.claudemesh.cli;

import dev.claudemesh.protocol.Problem;

/// What somebody who typed no command should do first.
final class Welcome {
  private Welcome() {}

  static String next(Context context) {
    try {
      return context.config().read().memberships().isEmpty()
          ? "claudemesh demo"
          : "claudemesh peers";
    } catch (Problem e) {
      return "claudemesh doctor";
    }
  }
}
