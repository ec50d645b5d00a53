package dev.claudemesh.mcp.approvals;

import java.util.Optional;
import java.util.stream.Stream;

/// What a person decided.
public enum Verdict {
  /// This one call.
  ALLOW("allow"),
  /// This call, and what its rules cover until the session ends.
  ALLOW_SESSION("allow-session"),
  DENY("deny");

  private final String word;

  Verdict(String word) {
    this.word = word;
  }

  /// As it stands in a box.
  public String word() {
    return word;
  }

  static Optional<Verdict> of(String word) {
    return Stream.of(values()).filter(verdict -> verdict.word.equals(word)).findFirst();
  }
}
