package dev.claudemesh.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/// A command: answers once, for a person or with `--json` for a program.
public abstract class CliCommand implements Callable<Integer> {
  protected final Context context;

  @Option(names = "--json", description = "Print the answer as one JSON object.")
  protected boolean json;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Tell what this command does and what it takes.")
  private boolean help;

  protected CliCommand(Context context) {
    this.context = context;
  }

  /// Does what the command is for.
  protected abstract Answer answer() throws Exception;

  @Override
  public Integer call() throws Exception {
    return answer().print(context.terminal(), json);
  }
}
