package dev.claudemesh.bench.faults;

import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Everything that runs: database, broker, networks, client processes.
///
/// Closing ends all of it, also when the runner itself is told to end.
final class Arena implements AutoCloseable {
  /// Longer than any run.
  private static final String LONG_GRACE = "86400";

  private static final String SHORT_GRACE = "8";

  private final Path run;
  private final long seed;
  private final Optional<ServerDatabase> server;
  private final BrokerProcess broker;
  private final List<ClientProcess> clients = new ArrayList<>();
  private final Thread onSignal = Thread.ofPlatform().unstarted(this::end);
  private Cast cast;
  private boolean ended;

  private Arena(Path run, Schedule schedule) {
    this.run = run;
    this.seed = schedule.seed();
    this.server =
        schedule.external() ? Optional.of(new ServerDatabase(run.resolve("db"))) : Optional.empty();
    this.broker = new BrokerProcess(run, settings(schedule.fixed()));
    Runtime.getRuntime().addShutdownHook(onSignal);
  }

  /// Sets all up and waits until every peer is online. Nobody sends yet.
  ///
  /// @param told what takes time
  static Arena open(
      Path run, Schedule schedule, int processes, int pauseMillis, Consumer<String> told)
      throws IOException, InterruptedException {
    Files.createDirectories(run);
    // The database of a broker that root starts runs as another user, who has to pass through.
    Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwx--x--x"));
    Arena arena = new Arena(run, schedule);
    boolean done = false;
    try {
      told.accept("starting the broker");
      arena.broker.start();
      told.accept("making the mesh and its members");
      arena.makeCast(processes);
      told.accept("starting the clients");
      arena.startClients(processes, pauseMillis);
      done = true;
      return arena;
    } finally {
      if (!done) {
        arena.close();
      }
    }
  }

  /// Impatient, so that a minute holds many recoveries; in the same order as the usual ones.
  private Map<String, String> settings(boolean longGrace) {
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "BROKER_HOST", "127.0.0.1",
                "SEND_RATE_PER_MINUTE", "0",
                "PRESENCE_GRACE_SECONDS", longGrace ? LONG_GRACE : SHORT_GRACE,
                "PING_INTERVAL_SECONDS", "2",
                "PONG_TIMEOUT_SECONDS", "6",
                "ACK_LEASE_SECONDS", "10"));
    server.ifPresent(database -> settings.put("DATABASE_URL", database.url()));
    return settings;
  }

  private void makeCast(int processes) throws IOException {
    cast = new Casting(run, "ws://127.0.0.1:" + broker.port() + "/ws").cast(processes);
    for (Cast.Peer peer : cast.peers()) {
      Files.createDirectories(Player.Place.ledger(run, peer.name()).getParent());
    }
    Files.writeString(run.resolve("cast.json"), Wire.mapper().writeValueAsString(cast));
  }

  private void startClients(int processes, int pauseMillis) throws InterruptedException {
    for (int i = 0; i < processes; i++) {
      ClientProcess client = new ClientProcess(run, i, pauseMillis, seed, Proxy.to(broker::port));
      clients.add(client);
      client.start();
    }
    Awaiting.atMost(60, () -> clients.stream().noneMatch(c -> c.standing().equals("offline")))
        .orThrow("not all peers came online");
  }

  Path run() {
    return run;
  }

  Cast cast() {
    return cast;
  }

  BrokerProcess broker() {
    return broker;
  }

  /// The database, where it is a server apart.
  Optional<ServerDatabase> server() {
    return server;
  }

  /// The database, whosever it is.
  Postgres postgres() {
    return new Postgres(server.isPresent() ? run.resolve("db") : BrokerProcess.data(run));
  }

  List<ClientProcess> clients() {
    return clients;
  }

  ClientProcess client(int number) {
    return clients.get(number);
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      return; // it is what runs
    }
  }

  private synchronized void end() {
    if (ended) {
      return;
    }
    ended = true;
    clients.forEach(client -> {
      client.kill();
      client.network().close();
    });
    broker.resume();
    broker.stop();
    server.ifPresent(ServerDatabase::close);
  }
}
