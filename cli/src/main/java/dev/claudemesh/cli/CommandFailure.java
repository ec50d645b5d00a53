package dev.claudemesh.cli;

import java.io.Serial;
import java.util.Locale;

/// A failure of a command that no {@link dev.claudemesh.protocol.ProblemCode} names: it never
/// leaves this machine. The message says what to do.
public final class CommandFailure extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final ExitCode exit;

  public CommandFailure(ExitCode exit, String message) {
    super(message, null, false, false);
    this.exit = exit;
  }

  public ExitCode exit() {
    return exit;
  }

  /// For programs.
  String code() {
    return exit.name().toLowerCase(Locale.ROOT);
  }
}
