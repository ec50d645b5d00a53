package dev.claudemesh.cli.launch;

import dev.claudemesh.protocol.connection.GroupRole;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How Claude Code is started (PROTOCOL 13.5). Pure.
///
/// @param sessionId of a new session; empty where one is resumed or continued
/// @param resume which session to resume; empty text lets Claude Code ask
/// @param channels whether the development channel is loaded
/// @param mcpConfig file that names our MCP server, where it is not installed
/// @param settings file that names our hooks, where they are not installed
/// @param rest what the user wrote after `--`
record LaunchPlan(
    Optional<String> sessionId,
    Optional<String> resume,
    boolean continues,
    boolean skipsPermissions,
    boolean channels,
    Optional<String> systemPrompt,
    Optional<String> mcpConfig,
    Optional<String> settings,
    List<String> rest) {

  /// The arguments of `claude`.
  List<String> arguments() {
    List<String> arguments = new ArrayList<>();
    if (channels) {
      arguments.addAll(List.of("--dangerously-load-development-channels", "server:claudemesh"));
    }
    sessionId.ifPresent(id -> arguments.addAll(List.of("--session-id", id)));
    resume.ifPresent(
        id -> arguments.addAll(id.isEmpty() ? List.of("--resume") : List.of("--resume", id)));
    if (continues) {
      arguments.add("--continue");
    }
    if (skipsPermissions) {
      arguments.add("--dangerously-skip-permissions");
    }
    systemPrompt.ifPresent(text -> arguments.addAll(List.of("--system-prompt", text)));
    // The one that takes several values stands before a flag, so that it does not swallow what
    // follows.
    mcpConfig.ifPresent(file -> arguments.addAll(List.of("--mcp-config", file)));
    settings.ifPresent(file -> arguments.addAll(List.of("--settings", file)));
    arguments.addAll(rest);
    return arguments;
  }

  /// A list of permissions as the environment has it. What it names is for the broker to check.
  static String allowed(String list) {
    return list.strip().equals("none") ? "" : list.strip();
  }

  /// Reads `name[:role],…`.
  static List<GroupRole> groups(String text) {
    return Stream.of(text.split(","))
        .map(String::strip)
        .filter(part -> !part.isEmpty())
        .map(part -> {
          String[] words = part.split(":", 2);
          return new GroupRole(
              words[0].strip().replaceFirst("^@", ""),
              words.length == 2 && !words[1].isBlank()
                  ? Optional.of(words[1].strip())
                  : Optional.empty());
        })
        .toList();
  }
}
