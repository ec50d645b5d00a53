package dev.claudemesh.bench.faults;

import dev.claudemesh.bench.faults.Checker.Checked;
import dev.claudemesh.bench.faults.Finding.Kind;
import dev.claudemesh.bench.faults.Schedule.Pace;
import dev.claudemesh.bench.faults.Schedule.Planned;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/// One run from its setting up to its verdict.
final class FaultRun {
  private static final int DRAIN_SECONDS = 90;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Options options;
  private final Schedule schedule;
  private final Consumer<String> told;
  private final List<Done> timeline = new ArrayList<>();
  private final Map<String, Integer> skipped = new TreeMap<>();
  private final List<Finding> findings = new ArrayList<>();
  private final long began = Uptime.millis();

  /// @param folder empty one for everything the run makes
  /// @param length how long faults are made
  /// @param pauseMillis mean pause of a peer between two messages
  record Options(
      long seed,
      Path folder,
      Duration length,
      Pace pace,
      int processes,
      int pauseMillis,
      Optional<Boolean> external,
      Optional<Boolean> fixed) {

    Schedule schedule() {
      Schedule drawn = Schedule.draw(seed, length, pace, processes);
      return drawn.with(external.orElse(drawn.external()), fixed.orElse(drawn.fixed()));
    }
  }

  /// A fault that was made.
  ///
  /// @param middle whether nobody could send until it was over
  record Done(Fault fault, boolean middle, long from, long to) {}

  FaultRun(Options options, Consumer<String> told) {
    this.options = options;
    this.schedule = options.schedule();
    this.told = told;
  }

  /// @throws IllegalStateException if it could not even be set up
  Report run() throws IOException, InterruptedException {
    try (Arena arena =
        Arena.open(
            options.folder(), schedule, options.processes(), options.pauseMillis(), this::tell)) {
      arena.clients().forEach(client -> client.tell("go"));
      disturb(arena);
      boolean rested = drain(arena);
      return judge(arena, rested);
    }
  }

  private void disturb(Arena arena) throws InterruptedException {
    tell("faults for " + options.length().toSeconds() + " s");
    Injector injector = new Injector(arena);
    long end = Uptime.millis() + options.length().toMillis();
    try (ExecutorService lanes = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> middle = lanes.submit(() -> lane(injector, schedule.middle(), true, end));
      Future<?> edge = lanes.submit(() -> lane(injector, schedule.edge(), false, end));
      middle.get();
      edge.get();
    } catch (ExecutionException e) {
      findings.add(Finding.of(Kind.NOT_RECOVERED, "a fault could not be undone: " + e.getCause()));
    }
  }

  private Void lane(Injector injector, List<Planned> planned, boolean middle, long end)
      throws InterruptedException, SQLException {
    for (Planned next : planned) {
      if (Uptime.millis() + next.after().toMillis() > end) {
        break;
      }
      Thread.sleep(next.after());
      long from = Uptime.millis();
      tell((middle ? "  " : "            ") + next.fault());
      if (injector.inject(next.fault())) {
        done(new Done(next.fault(), middle, from, Uptime.millis()));
      } else {
        skip(next.fault());
      }
    }
    return null;
  }

  private synchronized void done(Done fault) {
    timeline.add(fault);
  }

  private synchronized void skip(Fault fault) {
    skipped.merge(fault.kind(), 1, Integer::sum);
  }

  /// Waits until all is where it belongs.
  private boolean drain(Arena arena) throws InterruptedException {
    tell("letting it come to rest");
    arena.clients().forEach(client -> client.tell("drain"));
    boolean rested = Awaiting.atMost(DRAIN_SECONDS, () -> atRest(arena)).happened();
    if (!rested) {
      findings.add(
          Finding.of(
              Kind.NOT_RECOVERED,
              "after "
                  + DRAIN_SECONDS
                  + " s of peace the clients are "
                  + arena.clients().stream().map(ClientProcess::standing).toList()
                  + " and "
                  + undelivered(arena)
                  + " copies wait in the database"));
    }
    for (ClientProcess client : arena.clients()) {
      if (!client.alive() || !client.stop()) {
        findings.add(Finding.of(Kind.NOT_RECOVERED, "a client process did not end well"));
      }
    }
    arena.broker().surprises().forEach(what -> findings.add(Finding.of(Kind.NOT_RECOVERED, what)));
    return rested;
  }

  private static boolean atRest(Arena arena) {
    return allQuiet(arena) && undelivered(arena) == 0 && allQuiet(arena);
  }

  private static boolean allQuiet(Arena arena) {
    return arena.clients().stream().allMatch(client -> client.standing().equals("quiet"));
  }

  /// -1 if the database does not answer.
  private static int undelivered(Arena arena) {
    try (Connection connection = arena.postgres().connect(PATIENCE);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select count(*) from mesh.delivery where status not in"
                    + " ('delivered', 'seen', 'expired', 'refused')")) {
      rows.next();
      return rows.getInt(1);
    } catch (SQLException e) {
      return -1;
    }
  }

  private Report judge(Arena arena, boolean rested) throws IOException {
    tell("checking");
    Map<String, List<Entry>> ledgers = new LinkedHashMap<>();
    for (Cast.Peer peer : arena.cast().peers()) {
      ledgers.put(peer.name(), Ledger.read(Player.Place.ledger(options.folder(), peer.name())));
    }
    Evidence evidence = new Evidence(arena.cast(), ledgers, due(arena), rested);
    Checked checked = Checker.check(evidence);
    findings.addAll(checked.findings());
    Report report =
        Report.of(options, schedule, checked.tally(), findings, timeline, skipped, ledgers);
    if (!findings.isEmpty()) {
      new History(arena, evidence, timeline, began).write(report, findings);
    }
    return report;
  }

  private Evidence.Due due(Arena arena) throws IOException {
    if (schedule.fixed()) {
      return new Evidence.Due.Everybody();
    }
    Map<String, List<String>> keys = new HashMap<>();
    try (Connection connection = arena.postgres().connect(PATIENCE);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select message_id, recipient_key from mesh.delivery")) {
      while (rows.next()) {
        keys.computeIfAbsent(rows.getString(1), id -> new ArrayList<>()).add(rows.getString(2));
      }
      return new Evidence.Due.AsRecorded(keys);
    } catch (SQLException e) {
      throw new IOException("The deliveries cannot be read", e);
    }
  }

  private void tell(String what) {
    told.accept(String.format("%7.1f s  %s", (Uptime.millis() - began) / 1_000.0, what));
  }
}
