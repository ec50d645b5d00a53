package dev.claudemesh.bench.faults;

import dev.claudemesh.bench.faults.Schedule.Pace;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `bench faults`.
@Command(
    name = "faults",
    mixinStandardHelpOptions = true,
    description = {
      "Lets peers write to each other while broker, database, clients, network and clocks fail,"
          + " and proves that every message was shown once and in order.",
      "On a finding the exit code is 1, and everything the run made is kept."
    })
public final class FaultsCommand implements Callable<Integer> {
  /// Whose the database is.
  private enum Where {
    OWN,
    APART
  }

  /// What becomes of sessions that are away.
  private enum Stay {
    FIXED,
    LEAVE
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--seed",
      paramLabel = "<n>",
      description = "Draws what goes wrong and when; one that is told replays it.")
  private long seed = ThreadLocalRandom.current().nextInt(1_000_000);

  @Option(
      names = "--minutes",
      paramLabel = "<m>",
      description = "For how long faults are made (default: ${DEFAULT-VALUE}).",
      defaultValue = "10")
  private double minutes;

  @Option(
      names = "--hasty",
      description = "Faults come faster and are shorter, as in the short run of the tests.")
  private boolean hasty;

  @Option(
      names = "--processes",
      paramLabel = "<n>",
      description = "Client processes (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int processes;

  @Option(
      names = "--pause",
      paramLabel = "<ms>",
      description = "Mean pause of a peer between two messages (default: ${DEFAULT-VALUE}).",
      defaultValue = "250")
  private int pauseMillis;

  @Option(
      names = "--database",
      paramLabel = "<own|apart>",
      description = "The broker's own PostgreSQL, or a server apart; else drawn from the seed.")
  private Optional<Where> database = Optional.empty();

  @Option(
      names = "--sessions",
      paramLabel = "<fixed|leave>",
      description =
          "Whether sessions count as present however long they are away; else drawn from the seed.")
  private Optional<Stay> sessions = Optional.empty();

  @Option(names = "--folder", paramLabel = "<folder>", description = "Keep everything there.")
  private Optional<Path> folder = Optional.empty();

  @Option(names = "--json", description = "Print the result as one line of JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Path run = folder.isPresent() ? folder.get().toAbsolutePath() : temporary();
    FaultRun.Options options =
        new FaultRun.Options(
            seed,
            run,
            Duration.ofMillis(Math.round(minutes * 60_000)),
            hasty ? Pace.HASTY : Pace.USUAL,
            processes,
            pauseMillis,
            database.map(Where.APART::equals),
            sessions.map(Stay.FIXED::equals));
    PrintWriter err = spec.commandLine().getErr();
    err.println("seed " + seed + ", files in " + run);
    print(options.schedule(), err);
    Report report =
        new FaultRun(
                options,
                line -> {
                  err.println(line);
                  err.flush();
                })
            .run();
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Wire.mapper().writeValueAsString(report));
    } else {
      report.table().forEach(out::println);
    }
    out.flush();
    if (!report.clean()) {
      Files.readAllLines(History.file(run)).stream()
          .skip(report.table().size())
          .forEach(err::println);
      err.println("seed " + seed + "; everything is kept in " + run);
      return 1;
    }
    if (folder.isEmpty()) {
      remove(run);
    }
    return 0;
  }

  private static void print(Schedule schedule, PrintWriter err) {
    for (List<Schedule.Planned> lane : List.of(schedule.middle(), schedule.edge())) {
      err.println(
          lane == schedule.middle()
              ? "planned for broker and database:"
              : "planned for clients and network:");
      lane.forEach(planned ->
          err.println(
              String.format("  after %5d ms  %s", planned.after().toMillis(), planned.fault())));
    }
    err.flush();
  }

  private static Path temporary() throws IOException {
    return Files.createTempDirectory("claudemesh-faults");
  }

  static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
