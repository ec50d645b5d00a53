package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.Processes;
import dev.claudemesh.bench.load.Result;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/// How long commands take, as processes that the launcher of this checkout starts, in turns with
/// `node -e 0`: what is slow on a busy machine is slow for both.
///
/// @param times how often each
public record CommandsRun(int times) {
  private static final long SLOWEST = TimeUnit.SECONDS.toNanos(60);
  private static final String SESSION = "00000000-bench";
  private static final String INPUT =
      "{\"session_id\":\"" + SESSION + "\",\"prompt\":\"a prompt of some words\"}";
  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
          + "\"2025-11-25\",\"capabilities\":{},\"clientInfo\":{\"name\":\"bench\",\"version\":\"1\"}}}\n";
  private static final long SETTLE_SECONDS = 10;

  /// Measures against a broker in an empty folder.
  public Result measure(Path folder) throws Exception {
    Path launcher = Path.of(System.getProperty("claudemesh.root"), "claudemesh");
    try (BrokerProcess broker = BrokerProcess.start(folder, Map.of())) {
      Starter starter = new Starter(launcher.toString(), folder, broker.url().toString());
      starter.once(List.of("list")); // where it is not built yet, that is no part of it
      starter.once(List.of("create", "team", "--as", "ana"));
      Map<String, List<String>> commands = new LinkedHashMap<>();
      commands.put("version", List.of("--version"));
      commands.put("peers", List.of("peers"));
      commands.put("status_line", List.of("status-line"));
      commands.put("hook", List.of("hook", "prompt"));
      Map<String, Histogram> took = new LinkedHashMap<>();
      Figures figures = new Figures();
      Process session = starter.start(List.of("mcp"));
      try (Writer in = session.outputWriter();
          BufferedReader out = session.inputReader()) {
        initialize(in, out);
        for (int i = 0; i < times; i++) {
          add(took, "node", starter.time(List.of("node", "-e", "0")));
          for (var command : commands.entrySet()) {
            add(took, command.getKey(), starter.once(command.getValue()));
          }
          add(took, "mcp_initialize", starter.untilReady());
        }
        new CountDownLatch(1).await(SETTLE_SECONDS, TimeUnit.SECONDS);
        figures.put("mcp_idle_rss_mb", Processes.rssMb(Processes.tree(session.pid())));
      } finally {
        session.destroy();
      }
      took.forEach((name, histogram) -> {
        figures.put(name + "_p50_ms", histogram.getValueAtPercentile(50) / 1e6);
        figures.put(name + "_max_ms", histogram.getMaxValue() / 1e6);
      });
      return new Result("claudemesh", "nothing is sent", true, figures.values(), List.of());
    }
  }

  private static void add(Map<String, Histogram> took, String name, long nanos) {
    took.computeIfAbsent(name, any -> new Histogram(1_000, SLOWEST, 3))
        .recordValue(Math.min(nanos, SLOWEST));
  }

  private static void initialize(Writer in, BufferedReader out) throws IOException {
    in.write(INITIALIZE);
    in.flush();
    if (out.readLine() == null) {
      throw new IOException("The MCP server ended before it answered");
    }
  }

  /// Starts programs as one member.
  private record Starter(String launcher, Path folder, String broker) {
    Process start(List<String> arguments) throws IOException {
      return builder(arguments).start();
    }

    private ProcessBuilder builder(List<String> arguments) {
      ProcessBuilder builder = new ProcessBuilder(launcher);
      builder.command().addAll(arguments);
      builder.redirectError(folder.resolve("commands.log").toFile());
      builder
          .environment()
          .putAll(
              Map.of(
                  "CLAUDEMESH_CONFIG_DIR",
                  folder.resolve("config").toString(),
                  "CLAUDEMESH_BROKER_URL",
                  broker,
                  "CLAUDE_CODE_SESSION_ID",
                  SESSION));
      return builder;
    }

    /// @return nanoseconds to the end
    long once(List<String> arguments) throws IOException, InterruptedException {
      return time(builder(arguments));
    }

    long time(List<String> command) throws IOException, InterruptedException {
      return time(new ProcessBuilder(command));
    }

    private long time(ProcessBuilder builder) throws IOException, InterruptedException {
      Path input = Files.writeString(folder.resolve("input"), INPUT);
      builder.redirectInput(input.toFile()).redirectOutput(new File("/dev/null"));
      long before = System.nanoTime();
      int exit = builder.start().waitFor();
      long took = System.nanoTime() - before;
      if (exit != 0) {
        throw new IOException(builder.command() + " ended with " + exit);
      }
      return took;
    }

    /// @return nanoseconds until an MCP server has answered `initialize`
    long untilReady() throws IOException, InterruptedException {
      long before = System.nanoTime();
      ProcessBuilder builder = builder(List.of("mcp"));
      builder.environment().put("CLAUDE_CODE_SESSION_ID", SESSION + "-other");
      Process process = builder.start();
      try (Writer in = process.outputWriter();
          BufferedReader out = process.inputReader()) {
        initialize(in, out);
        return System.nanoTime() - before;
      } finally {
        process.destroy();
        process.waitFor();
      }
    }
  }
}
