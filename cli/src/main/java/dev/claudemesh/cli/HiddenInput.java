package dev.claudemesh.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// What somebody types where nobody sees it, or hands in line by line through a pipe. Never an
/// argument, which other users of the machine could read. Whoever gets it wipes it.
public final class HiddenInput {
  private final Context context;
  private final BufferedReader lines;

  public HiddenInput(Context context) {
    this.context = context;
    this.lines =
        new BufferedReader(
            new InputStreamReader(context.environment().in(), StandardCharsets.UTF_8));
  }

  /// @throws CommandFailure if nothing comes
  public char[] ask(String question) throws IOException {
    boolean console = context.terminal().interactive() && context.environment().in() == System.in;
    if (context.terminal().interactive()) {
      context.terminal().err().print(question);
      context.terminal().err().flush();
    }
    char[] answer =
        console
            ? System.console().readPassword()
            : Optional.ofNullable(lines.readLine()).map(String::toCharArray).orElse(null);
    if (answer == null) {
      throw new CommandFailure(ExitCode.CANCELLED, "Nothing was changed.");
    }
    return answer;
  }
}
