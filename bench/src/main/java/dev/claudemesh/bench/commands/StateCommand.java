package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.mesh.StateRun;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Shared values that are read.
@Command(name = "state", description = "How fast shared values are read over the socket.")
public final class StateCommand extends ScenarioCommand {
  @Option(names = "--peers", paramLabel = "<n>", description = "Who ask at once; 100 if absent.")
  private int peers = 100;

  @Option(
      names = "--window",
      paramLabel = "<n>",
      description = "Questions each has under way; 1 if absent.")
  private int window = 1;

  @Option(
      names = "--warm-up",
      paramLabel = "<seconds>",
      description = "How long they ask before anything is measured; 15 if absent.")
  private long warmUp = 15;

  @Option(
      names = "--seconds",
      paramLabel = "<n>",
      description = "How long each part takes; 20 if absent.")
  private long seconds = 20;

  @Override
  Run run() throws Exception {
    int valueBytes = 100;
    try (TempFolder folder = TempFolder.in(dir)) {
      Result result =
          new StateRun(peers, window, warmUp, seconds, valueBytes).measure(folder.path());
      return new Run(
          "state",
          "Reading shared values (get_state)",
          commandLine(),
          Optional.empty(),
          new Chart.Bars("ms", List.of("lone_p50_ms", "lone_p99_ms", "asks_p50_ms", "asks_p99_ms")),
          List.of(
              "1,000 keys with values of " + valueBytes + " bytes, in one mesh",
              "lone: one peer, 150 questions a second; asks: "
                  + peers
                  + " peers, "
                  + window
                  + " under way each, as fast as they are answered",
              loadSettings()),
          List.of(result));
    }
  }
}
