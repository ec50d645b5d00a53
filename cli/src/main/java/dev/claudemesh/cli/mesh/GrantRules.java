package dev.claudemesh.cli.mesh;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// What is accepted from whom (PROTOCOL 9.3): names of capabilities, and what stands when nothing
/// was said. Pure.
final class GrantRules {
  /// In the order they are shown.
  static final List<String> ALL =
      List.of("read", "dm", "broadcast", "state-read", "state-write", "file-read", "tools");

  /// What is accepted from somebody of whom nothing was said.
  static final List<String> DEFAULT = List.of("read", "dm", "broadcast", "state-read");

  private GrantRules() {}

  /// What is accepted after these were granted. `all` means each; `default` goes back to saying
  /// nothing.
  ///
  /// @param now what is accepted so far; empty if nothing was said
  static Optional<List<String>> granted(Optional<List<String>> now, List<String> words) {
    if (words.contains("default")) {
      return Optional.empty();
    }
    Set<String> kept = new LinkedHashSet<>(now.orElse(DEFAULT));
    kept.addAll(meant(words));
    return Optional.of(sorted(kept));
  }

  /// What is accepted after these were taken back; without any, everything.
  static Optional<List<String>> revoked(Optional<List<String>> now, List<String> words) {
    Set<String> kept = new LinkedHashSet<>(now.orElse(DEFAULT));
    kept.removeAll(words.isEmpty() ? ALL : meant(words));
    return Optional.of(sorted(kept));
  }

  private static List<String> meant(List<String> words) {
    if (words.contains("all")) {
      return ALL;
    }
    Set<String> unknown = new TreeSet<>(words);
    unknown.removeAll(ALL);
    if (!unknown.isEmpty()) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "There is no capability "
              + String.join(", ", unknown)
              + "; there are "
              + String.join(", ", ALL)
              + ", and all");
    }
    return words;
  }

  private static List<String> sorted(Set<String> kept) {
    return ALL.stream().filter(kept::contains).toList();
  }
}
