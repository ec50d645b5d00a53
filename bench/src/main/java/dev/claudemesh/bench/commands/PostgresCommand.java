package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Figures;
import dev.claudemesh.bench.load.MessageRun;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.load.Workload;
import dev.claudemesh.bench.mesh.CopyRun;
import dev.claudemesh.bench.mesh.MeshContender;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The broker against the database that it stands on.
@Command(
    name = "postgres",
    description = "The blast again, against PostgreSQL itself: a bare COPY of the same rows.")
public final class PostgresCommand extends ScenarioCommand {
  private static final int ROWS_PER_MESSAGE = 2;
  private static final long LIMIT_SECONDS = 180;
  private static final int WARM_UP = 200;

  @Option(
      names = "--messages",
      paramLabel = "<n>",
      description = "Messages of each of 100 senders; 1000 if absent.")
  private int messages = 1_000;

  @Option(
      names = "--batch",
      paramLabel = "<n>",
      description = "Messages in one commit of the bare COPY; 256 if absent.")
  private int batch = 256;

  @Override
  Run run() throws Exception {
    Workload work = MessageScenario.BLAST.work(null, messages, null, null, null, null);
    Result broker;
    try (TempFolder folder = TempFolder.in(dir)) {
      Optional<Workload> warmUp = Optional.of(work.atOnce(Math.min(messages, WARM_UP)));
      broker =
          new MessageRun(work, warmUp, LIMIT_SECONDS)
              .measure(new MeshContender(Optional.empty()), folder.path());
    }
    Result bare;
    try (TempFolder folder = TempFolder.in(dir)) {
      bare = new CopyRun(work, batch).measure(folder.path());
    }
    return new Run(
        "postgres",
        "The broker against PostgreSQL itself",
        commandLine(),
        Optional.of(work),
        new Chart.Bars("rows/s", List.of("rows_per_s")),
        List.of(
            "rows: one message and one delivery for each direct message; the broker also delivers"
                + " each, and marks it when it is confirmed, which is not counted",
            loadSettings()),
        List.of(rowsOf(broker), bare));
  }

  private static Result rowsOf(Result broker) {
    double perSecond = ((Number) broker.figures().get("throughput_per_s")).doubleValue();
    Figures figures = new Figures();
    figures.put("messages", (Long) broker.figures().get("messages"));
    figures.put("seconds", ((Number) broker.figures().get("seconds")).doubleValue());
    figures.put("throughput_per_s", perSecond);
    figures.put("rows_per_s", ROWS_PER_MESSAGE * perSecond);
    return new Result(
        broker.broker(), broker.durability(), broker.good(), figures.values(), List.of());
  }
}
