package dev.claudemesh.cli.install;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/// Our server and hooks in files of their own, for one start of Claude Code where `claudemesh
/// install` was not run.
///
/// @param servers for `--mcp-config`; empty where the server is installed
/// @param settings for `--settings`; empty where the hooks are installed
public record LooseEntry(Optional<Path> servers, Optional<Path> settings) {

  /// Writes what is missing into a folder.
  public static LooseEntry write(Path folder, ClaudeFiles files, Optional<Path> launcher)
      throws IOException {
    if (launcher.isEmpty()) {
      return new LooseEntry(Optional.empty(), Optional.empty());
    }
    Registration registration = new Registration(launcher.get());
    Optional<Path> servers = Optional.empty();
    Optional<Path> settings = Optional.empty();
    if (!serverIsThere(files)) {
      JsonFile file = new JsonFile("{}\n", "mcp.json");
      registration.enterServer(file);
      servers = Optional.of(write(folder.resolve("mcp.json"), file));
    }
    if (!hooksAreThere(files)) {
      JsonFile file = new JsonFile("{}\n", "settings.json");
      registration.enterHooks(file, Set.of());
      settings = Optional.of(write(folder.resolve("settings.json"), file));
    }
    return new LooseEntry(servers, settings);
  }

  private static boolean serverIsThere(ClaudeFiles files) {
    try {
      return Installed.server(files).isPresent();
    } catch (Problem e) {
      // Claude Code tells about its own broken file.
      return false;
    }
  }

  private static boolean hooksAreThere(ClaudeFiles files) {
    try {
      return Installed.missingHooks(files).isEmpty();
    } catch (Problem e) {
      return false;
    }
  }

  private static Path write(Path path, JsonFile file) throws IOException {
    PrivateFiles.write(path, file.text());
    return path;
  }
}
