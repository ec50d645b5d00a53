package dev.claudemesh.protocol.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

/// Where a member's files are: `CLAUDEMESH_CONFIG_DIR`, else `.claudemesh` in the home folder.
public record ConfigFolder(Path path) {
  public static final String VARIABLE = "CLAUDEMESH_CONFIG_DIR";

  public static ConfigFolder of(Map<String, String> variables, Path home) {
    String named = variables.getOrDefault(VARIABLE, "");
    return new ConfigFolder(
        (named.isBlank() ? home.resolve(".claudemesh") : Path.of(named))
            .toAbsolutePath()
            .normalize());
  }

  public ConfigFile config(Consumer<String> warn) {
    return new ConfigFile(path, warn);
  }

  public AuthFile auth(Consumer<String> warn) {
    return new AuthFile(path.resolve("auth.json"), warn);
  }

  public LastUsed.File lastUsed() {
    return new LastUsed.File(path.resolve("last-used.json"));
  }

  public SessionKeys sessionKeys() {
    return new SessionKeys(path.resolve("sessions"));
  }
}
