package dev.claudemesh.mcp;

import dev.claudemesh.protocol.approvals.ApprovalRequest;
import dev.claudemesh.protocol.presence.Status;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The hooks of Claude Code that we register, each with the word of `claudemesh hook <word>`.
public enum HookEvent {
  SESSION_START("session-start", "SessionStart", Optional.of(Status.IDLE)),
  PROMPT("prompt", "UserPromptSubmit", Optional.of(Status.WORKING)),
  STOP("stop", "Stop", Optional.of(Status.IDLE)),
  STOP_FAILURE("stop-failure", "StopFailure", Optional.of(Status.IDLE)),
  SESSION_END("session-end", "SessionEnd", Optional.empty()),
  /// Registered only where it was asked for.
  EDIT("edit", "PreToolUse", Optional.empty()),
  /// Registered only where it was asked for. People answer it, so it may take long.
  PERMISSION("permission", "PermissionRequest", Optional.empty());

  private static final Duration AT_ONCE = Duration.ofMillis(1_500);
  private static final Duration BY_PEOPLE =
      Duration.ofSeconds(ApprovalRequest.MOST_SECONDS).plusSeconds(5);

  private final String word;
  private final String claudeName;
  private final Optional<Status> status;

  HookEvent(String word, String claudeName, Optional<Status> status) {
    this.word = word;
    this.claudeName = claudeName;
    this.status = status;
  }

  /// Those that every installation has.
  public static List<HookEvent> usual() {
    return Arrays.stream(values()).filter(event -> event != EDIT && event != PERMISSION).toList();
  }

  /// The tools it is about, as Claude Code matches them; empty where it is about none.
  public Optional<String> matcher() {
    return this == EDIT ? Optional.of("Edit|Write|MultiEdit|NotebookEdit") : Optional.empty();
  }

  /// How long the session's process may take to answer it.
  Duration patience() {
    return this == PERMISSION ? BY_PEOPLE : AT_ONCE;
  }

  /// How long Claude Code is to wait for it: longer than we do, with the start of a process.
  public int timeoutSeconds() {
    return this == PERMISSION ? (int) BY_PEOPLE.plusSeconds(15).toSeconds() : 10;
  }

  /// The argument of `claudemesh hook`.
  public String word() {
    return word;
  }

  /// What Claude Code calls it in its settings.
  public String claudeName() {
    return claudeName;
  }

  /// What the session is doing once this has happened; empty where it ends.
  public Optional<Status> status() {
    return status;
  }

  /// Reads the argument; `idle` and `working` are what older installations registered.
  public static Optional<HookEvent> of(String word) {
    return switch (word) {
      case "idle" -> Optional.of(STOP);
      case "working" -> Optional.of(PROMPT);
      case String other ->
          Arrays.stream(values()).filter(event -> event.word.equals(other)).findFirst();
    };
  }
}
