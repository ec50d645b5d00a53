package dev.claudemesh.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// Asks before something cannot be undone. Never a silent guess: where nobody can answer, the flag
/// that answers is named.
public final class Confirm {
  private Confirm() {}

  /// Returns if the user agrees.
  ///
  /// @param yes whether `-y` was given
  /// @throws CommandFailure `cancelled` if not, `arguments` where there is nobody to ask
  public static void ask(Context context, boolean yes, String question) throws IOException {
    if (!yes && !context.consent().given()) {
      ask(context, question, "-y");
    }
  }

  /// The same, but a script that nobody watches goes on, unless a policy wants it asked.
  public static void askPerson(Context context, boolean yes, String question) throws IOException {
    if (context.terminal().interactive() || context.consent().needed()) {
      ask(context, yes, question);
    }
  }

  /// The same, for what no flag of its own answers.
  ///
  /// @param flag what to say where there is nobody to ask
  public static void ask(Context context, String question, String flag) throws IOException {
    if (!context.terminal().interactive()) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS, question + " There is nobody to ask here; say so with " + flag + ".");
    }
    context.terminal().err().print(question + " " + context.terminal().say("[y/N]") + " ");
    context.terminal().err().flush();
    String answer =
        new BufferedReader(
                new InputStreamReader(context.environment().in(), StandardCharsets.UTF_8))
            .readLine();
    String agrees = context.terminal().say("y");
    if (answer == null
        || !answer.strip().toLowerCase(java.util.Locale.ROOT).matches("(y|" + agrees + ").*")) {
      throw new CommandFailure(ExitCode.CANCELLED, "Nothing was changed.");
    }
  }
}
