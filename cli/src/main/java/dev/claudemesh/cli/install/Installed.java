package dev.claudemesh.cli.install;

import dev.claudemesh.mcp.HookEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What of us is entered into Claude Code now.
public final class Installed {
  private Installed() {}

  /// The program that Claude Code starts as our MCP server; empty if none is registered.
  ///
  /// @throws dev.claudemesh.protocol.Problem `invalid` if the file is not plain JSON
  public static Optional<String> server(ClaudeFiles files) {
    return open(files.servers()).flatMap(Registration::registered);
  }

  /// The events that we need a hook for and have none.
  ///
  /// @throws dev.claudemesh.protocol.Problem `invalid` if the file is not plain JSON
  public static List<String> missingHooks(ClaudeFiles files) {
    List<String> there = open(files.settings()).map(Registration::hookedEvents).orElse(List.of());
    return HookEvent.usual().stream()
        .map(HookEvent::claudeName)
        .filter(event -> !there.contains(event))
        .toList();
  }

  /// Whether our plugin is on, from whatever marketplace.
  ///
  /// @throws dev.claudemesh.protocol.Problem `invalid` if the file is not plain JSON
  public static boolean plugin(ClaudeFiles files) {
    return open(files.settings()).filter(Registration::pluginEnabled).isPresent();
  }

  /// Whether a hook of ours is entered, beside the plugin's.
  ///
  /// @throws dev.claudemesh.protocol.Problem `invalid` if the file is not plain JSON
  public static boolean anyHook(ClaudeFiles files) {
    return open(files.settings())
        .filter(file -> !Registration.hookedEvents(file).isEmpty())
        .isPresent();
  }

  private static Optional<JsonFile> open(Path path) {
    return new ForeignFile(path)
        .read()
        .filter(text -> !text.isBlank())
        .map(text -> new JsonFile(text, path.toString()));
  }
}
