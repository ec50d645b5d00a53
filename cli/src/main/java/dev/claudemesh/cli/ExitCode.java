package dev.claudemesh.cli;

/// How a command ended, for scripts (PROTOCOL 13.2).
public enum ExitCode {
  OK(0),
  CANCELLED(1),
  AUTH(2),
  ARGUMENTS(3),
  NETWORK(4),
  NOT_FOUND(5),
  EXISTS(6),
  PERMISSION(7),
  INTERNAL(8),
  CLAUDE_MISSING(9);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
