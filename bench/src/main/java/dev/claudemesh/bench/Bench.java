package dev.claudemesh.bench;

import dev.claudemesh.bench.commands.Scenarios;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Where `bench/bench` starts: measures under load, proves under faults.
///
/// Data goes to stdout, talk to stderr. Exit codes: 0 all as it should be, 1 a finding, 3 wrong
/// arguments, 8 cut off.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the broker under load and proves it under faults.",
    synopsisSubcommandLabel = "<scenario>",
    commandListHeading = "%nScenarios and tools:%n",
    subcommands = {dev.claudemesh.bench.faults.FaultsCommand.class})
public final class Bench {
  private static final int CUT_OFF = 8;
  private static final int WRONG_ARGUMENTS = 3;

  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments.length == 0 ? new String[] {"--help"} : arguments));
  }

  /// The whole command, for tests too.
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Bench());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    Scenarios.addTo(line);
    line.setExecutionExceptionHandler((failure, command, _) -> {
      Throwable cause = failure;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      command.getErr().println("bench: cut off: " + cause);
      return CUT_OFF;
    });
    line.setParameterExceptionHandler((mistake, _) -> {
      mistake.getCommandLine().getErr().println("bench: " + mistake.getMessage());
      return WRONG_ARGUMENTS;
    });
    return line;
  }
}
