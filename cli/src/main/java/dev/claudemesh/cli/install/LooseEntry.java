package dev.claudemesh.cli.install;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Our server and hooks in files of their own, for one start of Claude Code where `claudemesh install` was not run.
///
/// @param servers for `--mcp-config`; empty where the server is installed
/// @param settings for `--settings`; empty where the hooks are installed
public record LooseEntry(Optional<Path> servers, Optional<Path> settings) {

  /// Writes what is missing into a folder.
  public static LooseEntry write(Path folder, ClaudeFiles files, Optional<Path> launcher) throws IOException {
    if (launcher.isEmpty()) {
      return new LooseEntry(Optional.empty(), Optional.empty());
    }
    Registration registration = new Registration(launcher.get());
    Optional<Path> servers = Optional.empty();
    Optional<Path> settings = Optional.empty();
    if (open(files.servers()).flatMap(Registration::registered).isEmpty()) {
      JsonFile file = new JsonFile("{}\n", "mcp.json");
      registration.enterServer(file);
      servers = Optional.of(write(folder.resolve("mcp.json"), file));
    }
    boolean hooked = open(files.settings()).map(Registration::hookedEvents).orElse(List.of()).size() == registration.eventCount();
    if (!hooked) {
      JsonFile file = new JsonFile("{}\n", "settings.json");
      registration.enterHooks(file);
      settings = Optional.of(write(folder.resolve("settings.json"), file));
    }
    return new LooseEntry(servers, settings);
  }

  private static Optional<JsonFile> open(Path path) {
    try {
      return new ForeignFile(path).read().filter(text -> !text.isBlank()).map(text -> new JsonFile(text, path.toString()));
    } catch (Problem e) {
      // Claude Code tells about its own broken file.
      return Optional.empty();
    }
  }

  private static Path write(Path path, JsonFile file) throws IOException {
    PrivateFiles.write(path, file.text());
    return path;
  }
}
