package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.DiskSync;
import dev.claudemesh.bench.load.Machine;
import dev.claudemesh.bench.report.Json;
import dev.claudemesh.bench.report.Page;
import dev.claudemesh.bench.report.Plot;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Runs scenarios one after the other, each as a process of its own, exactly as its command says,
/// and writes what they print into the page.
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = {
      "Run scenarios one after the other and rewrite docs/benchmarks.md and its plots.",
      "What stands outside of the generated parts stays."
    })
public final class ReportCommand implements Callable<Integer> {
  private static final String RIVALS = "rabbitmq,nats,mosquitto";

  /// What the page shows, in its order.
  private static final Map<String, List<String>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("blast", List.of("--against", RIVALS));
    COMMANDS.put("rate", List.of("--against", RIVALS));
    COMMANDS.put("lone", List.of("--against", RIVALS));
    COMMANDS.put("group", List.of());
    COMMANDS.put("broadcast", List.of());
    COMMANDS.put("idle", List.of());
    COMMANDS.put("start", List.of());
    COMMANDS.put("postgres", List.of());
  }

  @Parameters(
      arity = "0..*",
      paramLabel = "<scenario>",
      description = "Which; all if none is named.")
  private List<String> only = List.of();

  @Option(
      names = "--page",
      paramLabel = "<file>",
      description = "The page; docs/benchmarks.md of this checkout if absent.")
  private Path page = Path.of(System.getProperty("claudemesh.root", "."), "docs", "benchmarks.md");

  @Override
  public Integer call() throws Exception {
    Path plots = page.resolveSibling("benchmarks");
    Files.createDirectories(plots);
    boolean good = true;
    for (Map.Entry<String, List<String>> scenario : COMMANDS.entrySet()) {
      if (!only.isEmpty() && !only.contains(scenario.getKey())) {
        continue;
      }
      System.err.println("bench: report: " + scenario.getKey());
      Json.Line line = Json.read(run(scenario.getKey(), scenario.getValue()));
      String plot = scenario.getKey() + ".svg";
      Files.writeString(plots.resolve(plot), Plot.svg(line.run()));
      write(Page.with(read(), line, "benchmarks/" + plot));
      good &= line.good();
    }
    double sync = DiskSync.measure(plots).getValueAtPercentile(50) / 1e6;
    write(Page.with(read(), Machine.here(), sync));
    return good ? 0 : 1;
  }

  private String read() throws IOException {
    return Files.exists(page) ? Files.readString(page) : "# Benchmarks\n";
  }

  private void write(String text) throws IOException {
    Files.writeString(page, text);
  }

  /// @return the JSON line
  private static String run(String scenario, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of(
            "-cp", System.getProperty("java.class.path"), "dev.claudemesh.bench.Bench", scenario));
    command.addAll(arguments);
    command.add("--json");
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    return process
        .inputReader()
        .lines()
        .filter(line -> line.startsWith("{"))
        .reduce((first, last) -> last)
        .orElseThrow(() -> new IOException(scenario + " was cut off; see above"));
  }
}
