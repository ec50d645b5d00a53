package dev.claudemesh.cli.install;

import dev.claudemesh.cli.Environment;
import java.nio.file.Path;
import java.util.Optional;

/// Where Claude Code keeps what we enter ourselves into.
///
/// @param servers `.claude.json`, which names the user's MCP servers
/// @param settings `settings.json`, which names the user's hooks
/// @param backups where Claude Code itself puts copies of its files
public record ClaudeFiles(Path servers, Path settings, Path backups) {
  /// `CLAUDE_CONFIG_DIR` moves all of it, as it does for Claude Code.
  public static ClaudeFiles of(Environment environment) {
    Optional<Path> moved = environment.variable("CLAUDE_CONFIG_DIR").map(Path::of);
    Path folder = moved.orElseGet(() -> environment.home().resolve(".claude"));
    Path servers = moved.orElse(environment.home()).resolve(".claude.json");
    return new ClaudeFiles(servers, folder.resolve("settings.json"), folder.resolve("backups"));
  }
}
