package dev.claudemesh.mcp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,100}");
  private static final Duration SETTLES = Duration.ofMillis(500);

  public static ClaudeSession of(Map<String, String> environment) {
    return new ClaudeSession(
        value(environment, "CLAUDE_CODE_SESSION_ID")
            .or(() -> value(environment, "CLAUDEMESH_SESSION_ID"))
            .filter(ClaudeSession::isId)
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

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /// The same, in the conversation that it goes on with. For `--continue` Claude Code starts us
  /// under an id that it drops a moment later, and its session file tells which it takes instead;
  /// that is waited for, but not long.
  ClaudeSession settled() {
    if (!continues()) {
      return this;
    }
    SessionFile file = new SessionFile(this);
    long until = System.nanoTime() + SETTLES.toNanos();
    Optional<String> taken = Optional.empty();
    while (taken.isEmpty() && System.nanoTime() < until) {
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
      taken = file.sessionId().filter(other -> isId(other) && !other.equals(id));
    }
    return taken.map(this::called).orElse(this);
  }

  private ClaudeSession called(String other) {
    return new ClaudeSession(other, inboxSocket, inboxToken, parent, home, cwd);
  }

  private boolean continues() {
    return ProcessHandle.of(parent).flatMap(claude -> claude.info().arguments()).stream()
        .flatMap(Stream::of)
        .anyMatch(Set.of("-c", "--continue")::contains);
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }

  @Override
  public String toString() {
    return "ClaudeSession[" + id + "]";
  }
}
