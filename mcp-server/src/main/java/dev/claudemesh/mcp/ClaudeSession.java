package dev.claudemesh.mcp;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The Claude Code session that started this process, as its environment tells.
///
/// @param id Claude Code's session id; one of our own where the version does not tell it
/// @param inboxSocket the session's own inbox, where it has one
/// @param inboxToken what that inbox asks for; never printed
/// @param parent process id of Claude Code
/// @param home where Claude Code keeps its files
public record ClaudeSession(
    String id,
    Optional<Path> inboxSocket,
    Optional<String> inboxToken,
    long parent,
    Path home,
    String cwd) {

  public static ClaudeSession of(Map<String, String> environment) {
    return new ClaudeSession(
        value(environment, "CLAUDE_CODE_SESSION_ID")
            .or(() -> value(environment, "CLAUDEMESH_SESSION_ID"))
            .filter(id -> id.matches("[A-Za-z0-9_-]{1,100}"))
            .orElseGet(() -> "own-" + UUID.randomUUID()),
        value(environment, "CLAUDE_CODE_MESSAGING_SOCKET").map(Path::of),
        value(environment, "CLAUDE_CODE_MESSAGING_TOKEN"),
        ProcessHandle.current().parent().map(ProcessHandle::pid).orElse(0L),
        value(environment, "CLAUDE_CONFIG_DIR")
            .map(Path::of)
            .orElseGet(() ->
                Path.of(value(environment, "HOME").orElse(System.getProperty("user.home")))
                    .resolve(".claude")),
        value(environment, "CLAUDE_PROJECT_DIR").orElse(System.getProperty("user.dir")));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  @Override
  public String toString() {
    return "ClaudeSession[" + id + "]";
  }
}
