package dev.claudemesh.bench.faults;

import dev.claudemesh.bench.faults.Proxy.Direction;
import dev.claudemesh.bench.faults.Proxy.Weather;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/// Does what a schedule says, and puts it right again.
final class Injector {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Arena arena;

  Injector(Arena arena) {
    this.arena = arena;
  }

  /// Returns when it is over.
  ///
  /// @return whether it could be done on this machine
  /// @throws SQLException if the database does not come back
  boolean inject(Fault fault) throws InterruptedException, SQLException {
    return switch (fault) {
      case Fault.BrokerKill f -> brokerKill(f);
      case Fault.BrokerRestart f -> brokerRestart();
      case Fault.BrokerPause f -> brokerPause(f);
      case Fault.DatabaseKill f -> databaseKill(f);
      case Fault.BackendKill f -> backendKill();
      case Fault.DatabasePause f -> databasePause(f);
      case Fault.DatabaseCut f -> databaseCut();
      case Fault.TableLock f -> tableLock(f);
      case Fault.SlotsTaken f -> slotsTaken(f);
      case Fault.BrokerClock f -> brokerClock(f);
      case Fault.ClientClock f -> clientClock(f);
      case Fault.ClientKill f -> clientKill(f);
      case Fault.ClientPause f -> clientPause(f);
      case Fault.Cut f -> cut(f);
      case Fault.HalfOpen f -> halfOpen(f);
      case Fault.Stall f -> stall(f);
      case Fault.Slow f -> slow(f);
    };
  }

  private boolean brokerKill(Fault.BrokerKill fault) throws InterruptedException {
    arena.broker().kill();
    Thread.sleep(fault.down());
    arena.broker().start();
    return true;
  }

  private boolean brokerRestart() {
    if (!arena.broker().stop()) {
      arena.broker().surprise("the broker did not stop when it was told to");
    }
    arena.broker().start();
    return true;
  }

  private boolean brokerPause(Fault.BrokerPause fault) throws InterruptedException {
    arena.broker().pause();
    Thread.sleep(fault.pause());
    arena.broker().resume();
    return true;
  }

  private boolean databaseKill(Fault.DatabaseKill fault) throws InterruptedException, SQLException {
    OptionalLong pid = arena.postgres().pid();
    if (pid.isEmpty()) {
      return false;
    }
    Child.signal("KILL", pid.getAsLong());
    if (arena.server().isPresent()) {
      Thread.sleep(fault.down());
      arena.server().get().restart();
    }
    awaitDatabase();
    return true;
  }

  /// The broker looks after its own database by itself.
  private void awaitDatabase() throws InterruptedException, SQLException {
    try (Connection connection = arena.postgres().connect(PATIENCE)) {
      assert connection.isValid(1);
    } catch (SQLException e) {
      arena.broker().surprise("the broker's own PostgreSQL was killed and did not come back");
      arena.broker().stop();
      arena.broker().start();
    }
  }

  private boolean backendKill() throws SQLException {
    List<Long> backends = new ArrayList<>();
    try (Connection connection = arena.postgres().connect(PATIENCE);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select pid from pg_stat_activity where application_name = 'claudemesh'")) {
      while (rows.next()) {
        backends.add(rows.getLong(1));
      }
    }
    if (backends.isEmpty()) {
      return false;
    }
    Child.signal("KILL", backends.getFirst());
    return true;
  }

  private boolean databasePause(Fault.DatabasePause fault) throws InterruptedException {
    List<ProcessHandle> stopped = arena.postgres().processes();
    stopped.forEach(process -> Child.signal("STOP", process.pid()));
    Thread.sleep(fault.pause());
    stopped.forEach(process -> Child.signal("CONT", process.pid()));
    return !stopped.isEmpty();
  }

  private boolean databaseCut() {
    arena.server().ifPresent(ServerDatabase::cut);
    return arena.server().isPresent();
  }

  private boolean tableLock(Fault.TableLock fault) throws InterruptedException, SQLException {
    try (Connection connection = arena.postgres().connect(PATIENCE);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("lock table mesh.message in access exclusive mode");
      Thread.sleep(fault.held());
      connection.rollback();
    }
    return true;
  }

  private boolean slotsTaken(Fault.SlotsTaken fault) throws InterruptedException, SQLException {
    List<Connection> taken = new ArrayList<>();
    try {
      taken.add(arena.postgres().connect(PATIENCE));
      try (Statement statement = taken.getFirst().createStatement()) {
        takeAll(taken);
        statement.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name ="
                + " 'claudemesh'");
        takeAll(taken);
      }
      Thread.sleep(fault.held());
    } finally {
      for (Connection connection : taken) {
        connection.close();
      }
    }
    return true;
  }

  private void takeAll(List<Connection> taken) {
    try {
      while (true) {
        taken.add(arena.postgres().connect(Duration.ZERO));
      }
    } catch (SQLException noneLeft) {
      return;
    }
  }

  private boolean brokerClock(Fault.BrokerClock fault) throws InterruptedException {
    return wrong(arena.broker().clock(), fault.off(), fault.held());
  }

  private boolean clientClock(Fault.ClientClock fault) throws InterruptedException {
    return wrong(arena.client(fault.process()).clock(), fault.off(), fault.held());
  }

  private static boolean wrong(Path clock, Duration off, Duration held)
      throws InterruptedException {
    FalseClock.put(clock, off);
    Thread.sleep(held);
    FalseClock.put(clock, Duration.ZERO);
    return true;
  }

  private boolean clientKill(Fault.ClientKill fault) throws InterruptedException {
    arena.client(fault.process()).kill();
    Thread.sleep(fault.down());
    arena.client(fault.process()).start();
    return true;
  }

  private boolean clientPause(Fault.ClientPause fault) throws InterruptedException {
    arena.client(fault.process()).pause();
    Thread.sleep(fault.pause());
    arena.client(fault.process()).resume();
    return true;
  }

  private boolean cut(Fault.Cut fault) {
    arena.client(fault.process()).network().cut();
    return true;
  }

  private boolean halfOpen(Fault.HalfOpen fault) {
    Set<Direction> directions = EnumSet.noneOf(Direction.class);
    if (fault.toServer()) {
      directions.add(Direction.TO_SERVER);
    }
    if (fault.toClient()) {
      directions.add(Direction.TO_CLIENT);
    }
    arena.client(fault.process()).network().swallow(directions);
    return true;
  }

  private boolean stall(Fault.Stall fault) throws InterruptedException {
    Direction direction = fault.toServer() ? Direction.TO_SERVER : Direction.TO_CLIENT;
    return weather(fault.process(), new Weather(Set.of(direction), Duration.ZERO), fault.held());
  }

  private boolean slow(Fault.Slow fault) throws InterruptedException {
    return weather(fault.process(), new Weather(Set.of(), fault.delay()), fault.held());
  }

  private boolean weather(int process, Weather weather, Duration held) throws InterruptedException {
    Proxy network = arena.client(process).network();
    network.weather(weather);
    Thread.sleep(held);
    network.weather(Weather.FAIR);
    return true;
  }
}
