package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Machine;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.mesh.BrokerProcess;
import dev.claudemesh.bench.report.Json;
import dev.claudemesh.bench.report.Plot;
import dev.claudemesh.bench.report.Table;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What all scenarios have in common: where they work, and how they print.
abstract class ScenarioCommand implements Callable<Integer> {
  private static final int FINDING = 1;

  @Spec CommandSpec spec;

  @Option(
      names = "--dir",
      paramLabel = "<folder>",
      description =
          "Where brokers keep their data during the run; the system's temporary folder if absent.")
  Path dir = Path.of(System.getProperty("java.io.tmpdir"));

  @Option(
      names = "--json",
      description = "Print one JSON line to stdout; the table goes to stderr.")
  boolean json;

  @Option(names = "--plot", paramLabel = "<file>", description = "Also draw it, as SVG.")
  Path plot;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  boolean help;

  /// Does the work.
  abstract Run run() throws Exception;

  @Override
  public Integer call() throws Exception {
    Run run = run();
    PrintWriter out = spec.commandLine().getOut();
    (json ? spec.commandLine().getErr() : out).println(Table.text(run));
    if (json) {
      out.println(Json.line(run, Machine.here()));
      out.flush();
    }
    if (plot != null) {
      Files.writeString(plot, Plot.svg(run));
    }
    return run.good() ? 0 : FINDING;
  }

  /// A note for the table.
  static String loadSettings() {
    return "limits lifted for the load: " + new TreeMap<>(BrokerProcess.LOAD_SETTINGS);
  }

  /// The command line that repeats this.
  String commandLine() {
    return "bench/bench "
        + spec.root().commandLine().getParseResult().originalArgs().stream()
            .filter(argument -> !argument.equals("--json"))
            .collect(Collectors.joining(" "));
  }
}
