package dev.claudemesh.db;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A PostgreSQL server of our own, for whoever has none: started with the broker, stopped with it,
/// and never lost.
///
/// It is the real server as a child process. Commits are flushed to disk; it listens on loopback
/// with a random port and a random password. If this process is killed, the kernel tells the server
/// to shut down (Linux), or the next start stops it; either way the next start has every committed
/// row. A server that ends by itself, or is killed, is started again, and has them too; until then
/// nobody can connect. One process at a time may use a data folder.
public final class EmbeddedPostgres implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final int PORT_ATTEMPTS = 3;
  private static final long MOST_LOG_BYTES = 1 << 20;
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(20);

  /// A server that ended sooner than this after it was started again is started after a pause.
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  private final PostgresCluster cluster;
  private final FolderLock lock;
  private final RollingLog log;
  private final EmbeddedPostgresConfig config;
  private final Thread keeper =
      Thread.ofPlatform().name("postgres-keeper").daemon().unstarted(this::keep);
  private volatile PostgresProcess server;
  private volatile int port;
  private volatile IntConsumer moved = to -> {};
  private volatile boolean stopped;

  private EmbeddedPostgres(
      EmbeddedPostgresConfig config, PostgresCluster cluster, FolderLock lock, RollingLog log) {
    this.config = config;
    this.cluster = cluster;
    this.lock = lock;
    this.log = log;
  }

  /// Starts the server on a data folder, which is made and filled if it does not exist. `progress`
  /// is told what takes time. Throws [EmbeddedPostgresException] with what to do when it cannot be;
  /// nothing keeps running then.
  public static EmbeddedPostgres start(Path dataDir, Consumer<String> progress) {
    return start(EmbeddedPostgresConfig.in(dataDir), progress);
  }

  /// As [#start(Path, Consumer)], with settings.
  public static EmbeddedPostgres start(EmbeddedPostgresConfig config, Consumer<String> progress) {
    PostgresFolder folder = PostgresFolder.open(config.dataDir(), RunAs.weAreRoot());
    FolderLock lock = FolderLock.take(folder);
    RollingLog log = null;
    EmbeddedPostgres postgres = null;
    boolean done = false;
    try {
      PostgresBinaries binaries =
          PostgresBinaries.unpack(config.binaries().orElse(folder.root()), progress);
      PostgresCluster cluster =
          new PostgresCluster(folder, RunAs.choose(folder, binaries), binaries);
      Leftovers.clear(folder.cluster(), progress);
      cluster.prepare(progress);
      log = new RollingLog(folder.log(), MOST_LOG_BYTES);
      postgres = new EmbeddedPostgres(config, cluster, lock, log);
      progress.accept("Starting PostgreSQL");
      postgres.launch(freePort());
      postgres.createDatabase();
      postgres.keeper.start();
      done = true;
      return postgres;
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "The log " + folder.log() + " cannot be written: " + e.getMessage(), e);
    } finally {
      if (!done && postgres != null) {
        postgres.close();
      } else if (!done) {
        lock.close();
      }
    }
  }

  private void launch(int firstPort) {
    for (int attempt = 1; ; attempt++) {
      port = attempt == 1 ? firstPort : freePort();
      server = PostgresProcess.launch(cluster.serverCommand(port, config), log);
      if (awaitReady(config.startLimit())) {
        return;
      }
      boolean portTaken = !server.alive() && server.logTail().contains("could not bind");
      String tail = server.logTail();
      server.stop(Duration.ZERO);
      if (!portTaken || attempt == PORT_ATTEMPTS) {
        throw new EmbeddedPostgresException(
            "PostgreSQL did not start within "
                + config.startLimit().toSeconds()
                + " s. The end of "
                + cluster.folder().log()
                + ":\n"
                + tail);
      }
    }
  }

  private void keep() {
    try {
      Duration pause = Duration.ZERO;
      while (true) {
        long started = System.nanoTime();
        int exitCode = server.awaitEnd();
        if (stopped) {
          return;
        }
        boolean soon = System.nanoTime() - started < SOON.toNanos();
        pause = soon ? longer(pause) : Duration.ZERO;
        LOG.warn("PostgreSQL ended by itself (exit code {}) and is started again", exitCode);
        pause = startAgain(pause);
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  /// Tries until it runs.
  ///
  /// @return the last pause
  private Duration startAgain(Duration firstPause) throws InterruptedException {
    Duration pause = firstPause;
    while (true) {
      Thread.sleep(pause);
      int before = port;
      try {
        Leftovers.clear(cluster.folder().cluster(), LOG::warn);
        launch(before);
        LOG.info("PostgreSQL runs again");
        if (port != before) {
          moved.accept(port);
        }
        return pause;
      } catch (EmbeddedPostgresException e) {
        if (stopped) {
          throw new InterruptedException();
        }
        LOG.error("PostgreSQL cannot be started again: {}", e.getMessage());
        pause = longer(pause);
      }
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
  }

  /// Told the port if the server had to be started again on another one than before.
  void whenMoved(IntConsumer listener) {
    moved = listener;
  }

  private boolean awaitReady(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (System.nanoTime() < deadline) {
      if (cluster.ready(server.pid())) {
        return true;
      }
      if (server.goneWithin(POLL) || Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return false;
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "No free port on 127.0.0.1 for PostgreSQL: " + e.getMessage(), e);
    }
  }

  private void createDatabase() {
    try (Connection connection =
            DriverManager.getConnection(url("postgres"), user(), password().reveal());
        PreparedStatement exists =
            connection.prepareStatement("select 1 from pg_database where datname = ?")) {
      exists.setString(1, PostgresCluster.USER);
      if (!exists.executeQuery().next()) {
        try (Statement create = connection.createStatement()) {
          create.execute("create database " + PostgresCluster.USER);
        }
      }
    } catch (SQLException e) {
      throw new EmbeddedPostgresException(
          "The private PostgreSQL does not let us in: " + e.getMessage(), e);
    }
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /// Address of the broker's database, without user and password.
  public String jdbcUrl() {
    return url(PostgresCluster.USER);
  }

  public String user() {
    return PostgresCluster.USER;
  }

  public DatabasePassword password() {
    return cluster.password();
  }

  /// Address and login together.
  public DatabaseUrl url() {
    return new DatabaseUrl("127.0.0.1:" + port, PostgresCluster.USER, user(), password(), Map.of());
  }

  /// Process number of the server.
  public long pid() {
    return server.pid();
  }

  /// Stops the server after it has written everything, and gives the folder free. May be called
  /// twice, and at any time.
  ///
  /// There is no shutdown hook on purpose: hooks run at the same time, and this one would take the
  /// database from under a broker that still stops. A JVM that exits without calling this is
  /// covered by the parent-death signal and by the next start.
  @Override
  public synchronized void close() {
    if (stopped) {
      return;
    }
    stopped = true;
    endKeeper();
    try {
      if (server != null) {
        server.stop(STOP_PATIENCE);
      }
      log.close();
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "The log of PostgreSQL could not be closed: " + e.getMessage(), e);
    } finally {
      lock.close();
    }
  }

  /// From here on nobody starts a server but this thread stops it.
  private void endKeeper() {
    keeper.interrupt();
    boolean interrupted = false;
    while (keeper.isAlive()) {
      try {
        keeper.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return "EmbeddedPostgres[" + jdbcUrl() + "]";
  }
}
