package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.mesh.IdleRun;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Many peers that do nothing.
@Command(name = "idle", description = "10,000 peers connect at once and then do nothing.")
public final class IdleCommand extends ScenarioCommand {
  @Option(names = "--peers", paramLabel = "<n>", description = "How many; 10000 if absent.")
  private int peers = 10_000;

  @Option(
      names = "--meshes",
      paramLabel = "<n>",
      description = "Meshes they are spread over; 100 if absent.")
  private int meshes = 100;

  @Option(
      names = "--hold",
      paramLabel = "<seconds>",
      description = "How long they stay; 65 if absent, which is two pings.")
  private long holdSeconds = 65;

  @Override
  Run run() throws Exception {
    try (TempFolder folder = TempFolder.in(dir)) {
      Result result = new IdleRun(peers, meshes, holdSeconds).measure(folder.path());
      return new Run(
          "idle",
          peers + " idle peers on one broker",
          commandLine(),
          Optional.empty(),
          new Chart.Timeline("peers connected"),
          List.of(
              meshes + " meshes of one member each, " + peers / meshes + " sessions a member",
              "heap: live objects after a collection, before and after; pings every 30 s",
              loadSettings()),
          List.of(result));
    }
  }
}
