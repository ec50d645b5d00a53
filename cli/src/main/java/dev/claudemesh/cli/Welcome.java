package dev.claudemesh.cli;

import dev.claudemesh.protocol.Problem;

/// What somebody who started nothing can do next.
public final class Welcome {
  private Welcome() {}

  public static String next(Context context) {
    try {
      return context.config().read().memberships().isEmpty()
          ? "claudemesh demo"
          : "claudemesh peers";
    } catch (Problem e) {
      return "claudemesh doctor";
    }
  }
}
