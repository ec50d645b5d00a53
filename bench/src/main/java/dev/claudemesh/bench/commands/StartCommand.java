package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.mesh.StartRun;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A broker that starts.
@Command(name = "start", description = "What a broker that has just started holds.")
public final class StartCommand extends ScenarioCommand {
  @Option(
      names = "--settle",
      paramLabel = "<seconds>",
      description = "How long it is left alone before its memory is read again; 10 if absent.")
  private long settleSeconds = 10;

  @Override
  Run run() throws Exception {
    try (TempFolder folder = TempFolder.in(dir)) {
      Result result = new StartRun(settleSeconds).measure(folder.path());
      return new Run(
          "start",
          "A broker that has just started",
          commandLine(),
          Optional.empty(),
          new Chart.Bars(
              "MB",
              List.of("rss_at_ready_mb", "rss_settled_mb", "live_heap_mb", "database_pss_mb")),
          List.of(
              "the first start unpacks PostgreSQL and makes the database, the others do not",
              "the memory of the embedded PostgreSQL is counted apart"),
          List.of(result));
    }
  }
}
