package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.DiskSync;
import dev.claudemesh.bench.load.Machine;
import dev.claudemesh.bench.report.JmhTable;
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
  private static final String JMH = "jmh";
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
    COMMANDS.put("state", List.of());
    COMMANDS.put("recall", List.of());
    COMMANDS.put("audit", List.of());
    COMMANDS.put("tools", List.of());
    COMMANDS.put("commands", List.of());
  }

  @Parameters(
      arity = "0..*",
      paramLabel = "<scenario>",
      description = "Which, jmh among them; all if none is named.")
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
      if (isAsked(scenario.getKey())) {
        good &= scenario(scenario.getKey(), scenario.getValue(), plots);
      }
    }
    if (isAsked(JMH)) {
      jmh();
    }
    double sync = DiskSync.measure(plots).getValueAtPercentile(50) / 1e6;
    write(Page.with(read(), Machine.here(), sync));
    return good ? 0 : 1;
  }

  private boolean isAsked(String name) {
    return only.isEmpty() || only.contains(name);
  }

  private boolean scenario(String name, List<String> arguments, Path plots) throws Exception {
    System.err.println("bench: report: " + name);
    List<String> all = new ArrayList<>(List.of(name));
    all.addAll(arguments);
    all.add("--json");
    Process process = start(all).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    // A report that is ended ends its scenario, which ends its brokers.
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(process::destroy));
    Json.Line line =
        process
            .inputReader()
            .lines()
            .filter(text -> text.startsWith("{"))
            .reduce((first, last) -> last)
            .map(Json::read)
            .orElseThrow(() -> new IOException(name + " was cut off; see above"));
    String plot = name + ".svg";
    Files.writeString(plots.resolve(plot), Plot.svg(line.run()));
    write(Page.with(read(), line, "benchmarks/" + plot));
    return line.good();
  }

  private void jmh() throws Exception {
    System.err.println("bench: report: " + JMH);
    Path results = Files.createTempFile("jmh", ".json");
    try {
      int exit =
          start(List.of(JMH, "-rf", "json", "-rff", results.toString()))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor();
      if (exit != 0) {
        throw new IOException("JMH ended with " + exit + "; see bench/bench jmh");
      }
      String table = JmhTable.markdown(Files.readString(results));
      write(Page.withJmh(read(), table, "bench/bench jmh", Machine.here()));
    } finally {
      Files.delete(results);
    }
  }

  private String read() throws IOException {
    return Files.exists(page) ? Files.readString(page) : "# Benchmarks\n";
  }

  private void write(String text) throws IOException {
    Files.writeString(page, text);
  }

  private static ProcessBuilder start(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), "dev.claudemesh.bench.Bench"));
    command.addAll(arguments);
    return new ProcessBuilder(command);
  }
}
