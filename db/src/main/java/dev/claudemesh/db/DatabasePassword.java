package dev.claudemesh.db;

import java.util.Objects;

/// A password that does not show itself: `toString` prints `***`, so that it cannot slip into a log
/// or an error.
public final class DatabasePassword {

  private final String secret;

  DatabasePassword(String secret) {
    this.secret = Objects.requireNonNull(secret);
  }

  /// The password itself, for the one call that logs in with it.
  public String reveal() {
    return secret;
  }

  @Override
  public String toString() {
    return "***";
  }
}
