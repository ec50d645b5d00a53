package dev.claudemesh.cli;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What the process was started with. Read once in {@link Main}; tests make their own.
///
/// @param launcher absolute path of the script that started us, by which others can start us again
public record Environment(
    Map<String, String> variables,
    Path home,
    Path folder,
    InputStream in,
    Optional<Path> launcher) {

  /// A variable that is set and not blank.
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  /// How the user calls this program, for the commands we name.
  public String program() {
    return "claudemesh";
  }
}
