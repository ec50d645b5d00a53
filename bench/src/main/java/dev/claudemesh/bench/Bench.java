package dev.claudemesh.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// Where `bench/bench` starts: measures under load, proves under faults.
///
/// Data goes to stdout, talk to stderr. Exit codes: 0 all as it should be, 1 a finding, 3 wrong
/// arguments.
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = "Measures the broker under load and proves it under faults.",
    synopsisSubcommandLabel = "<scenario>",
    commandListHeading = "%nScenarios and tools:%n",
    subcommands = {})
public final class Bench {
  private static final int WRONG_ARGUMENTS = 3;

  private Bench() {}

  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments.length == 0 ? new String[] {"--help"} : arguments));
  }

  /// The whole command, for tests too.
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Bench());
    line.setExitCodeExceptionMapper(failure -> 1);
    line.setParameterExceptionHandler((mistake, _) -> {
      mistake.getCommandLine().getErr().println("bench: " + mistake.getMessage());
      return WRONG_ARGUMENTS;
    });
    return line;
  }
}
