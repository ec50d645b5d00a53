package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.EditDistance;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The one place where a failure becomes a message and an exit code: a person reads it on stderr;
/// with `--json` a program also finds it on stdout.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final Terminal terminal;
  private final Supplier<Set<String>> bareFlags;

  /// @param bareFlags what may stand where no command is named
  Failures(Terminal terminal, Supplier<Set<String>> bareFlags) {
    this.terminal = terminal;
    this.bareFlags = bareFlags;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    boolean json = parsed != null && asksForJson(parsed.originalArgs());
    return switch (failure) {
      case Problem problem ->
          tell(
              problem.code().wireName(),
              problem.getMessage(),
              problem.code().retryable(),
              problem.details(),
              problem.code().exitCode(),
              json);
      case CommandFailure own ->
          tell(own.code(), own.getMessage(), false, Optional.empty(), own.exit().number(), json);
      default -> bug(failure, json);
    };
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    tell(
        "invalid_argument",
        failure.getMessage(),
        false,
        Optional.empty(),
        ExitCode.ARGUMENTS.number(),
        asksForJson(List.of(args)));
    if (failure instanceof UnmatchedArgumentException unmatched) {
      List<String> close = near(unmatched.getUnmatched().getFirst(), command.getCommandSpec());
      if (!close.isEmpty()) {
        terminal.fault("  " + terminal.say("Did you mean:") + " " + String.join(", ", close) + "?");
      }
    }
    terminal.next(command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.ARGUMENTS.number();
  }

  private List<String> near(String word, CommandSpec command) {
    Set<String> known =
        new LinkedHashSet<>(
            word.startsWith("-") ? command.optionsMap().keySet() : command.subcommands().keySet());
    if (word.startsWith("-") && command.parent() == null) {
      known.addAll(bareFlags.get());
    }
    return EditDistance.near(word.replaceFirst("=.*", ""), known);
  }

  private int tell(
      String code,
      String message,
      boolean retryable,
      Optional<JsonNode> details,
      int exit,
      boolean json) {
    String sign = terminal.icon(Icon.BAD) + " ";
    for (String line : terminal.fitted(SafeText.body(terminal.say(message)), 2)) {
      terminal.fault(sign + terminal.in(Style.ERROR, line));
      sign = "";
    }
    if (json) {
      ObjectNode answer = Answer.envelope();
      ObjectNode error = answer.putObject("error");
      error.put("code", code);
      error.put("message", message);
      error.put("retryable", retryable);
      error.put("exit_code", exit);
      details.ifPresent(more -> error.set("details", more));
      terminal.data(Wire.mapper().writeValueAsString(answer));
    }
    return exit;
  }

  /// Not the world's trouble but ours: everything is shown, so that it can be reported.
  private int bug(Exception failure, boolean json) {
    failure.printStackTrace(terminal.err());
    return tell(
        "internal",
        "This is a fault of claudemesh, not of yours ("
            + failure.getClass().getSimpleName()
            + "); please report what stands above",
        false,
        Optional.empty(),
        ExitCode.INTERNAL.number(),
        json);
  }

  /// Also where the arguments could not be parsed; what stands after `--` is not for us.
  private static boolean asksForJson(List<String> args) {
    int end = args.indexOf("--");
    return (end < 0 ? args : args.subList(0, end)).contains("--json");
  }
}
