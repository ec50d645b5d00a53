package dev.claudemesh.db;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.jooq.impl.DefaultConfiguration;
import org.postgresql.ds.PGSimpleDataSource;

/// The broker's database: migrated, with a pool of connections, on the operator's server or on a
/// private one.
///
/// Thread-safe. Every statement may throw [DatabaseBusyException] or [DatabaseDownException]; both
/// mean the caller may be told to try again, and after *busy* nothing has changed.
public final class Database implements AutoCloseable {

  private static final int OLDEST_SERVER = 15;
  private static final Duration RETRY_STEP = Duration.ofMillis(500);

  static {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
  }

  private volatile DatabaseUrl url;
  private final boolean embedded;
  private final List<IntConsumer> movers = new CopyOnWriteArrayList<>();
  private final Pool pool;
  private final DatabaseFaults faults;
  private final DSLContext dsl;
  private final Runnable stopServer;

  /// How the pool is doing.
  ///
  /// @param inUse connections that somebody works with
  /// @param idle connections at rest
  /// @param waiting callers that wait for one
  /// @param size the most connections there may be
  public record PoolState(int inUse, int idle, int waiting, int size) {}

  private Database(DatabaseUrl url, DatabaseConfig config, Runnable stopServer) {
    this.url = url;
    this.embedded = config.place() instanceof DatabaseConfig.Place.Embedded;
    this.pool = Pool.ofBroker(url, config);
    this.faults = new DatabaseFaults(pool::suspectAll);
    this.stopServer = stopServer;
    this.dsl =
        DSL.using(
            new DefaultConfiguration()
                .set(SQLDialect.POSTGRES)
                .set(pool)
                .set(new Settings().withExecuteLogging(false))
                .set(faults));
  }

  /// Starts the private server if that is what the config says, waits for the database, migrates
  /// it, and opens the pool. `progress` is told what takes time. Throws a [DatabaseException] that
  /// says what to do; nothing keeps running then.
  public static Database open(DatabaseConfig config, Consumer<String> progress) {
    return switch (config.place()) {
      case DatabaseConfig.Place.Server(DatabaseUrl url) -> open(url, config, progress, () -> {});
      case DatabaseConfig.Place.Embedded(EmbeddedPostgresConfig embedded) -> {
        EmbeddedPostgres server = EmbeddedPostgres.start(embedded, progress);
        try {
          Database database = open(server.url(), config, progress, server::close);
          server.whenMoved(database::moveTo);
          yield database;
        } catch (RuntimeException e) {
          server.close();
          throw e;
        }
      }
    };
  }

  private static Database open(
      DatabaseUrl url, DatabaseConfig config, Consumer<String> progress, Runnable stopServer) {
    awaitServer(url, config.startLimit(), progress);
    PGSimpleDataSource migrating = new PGSimpleDataSource();
    migrating.setUrl(url.jdbcUrl());
    migrating.setUser(url.user());
    migrating.setPassword(url.password().reveal());
    migrating.setSocketTimeout(0);
    Migrations.apply(migrating);
    return new Database(url, config, stopServer);
  }

  private void moveTo(int port) {
    url = url.withPort(port);
    pool.moveTo(port);
    movers.forEach(mover -> mover.accept(port));
  }

  /// Where the database is now; the private one's port may change.
  DatabaseUrl url() {
    return url;
  }

  /// Told the port when the private server had to be started again on another one.
  void whenMoved(IntConsumer mover) {
    movers.add(mover);
  }

  /// Whether the server is ours alone.
  boolean embedded() {
    return embedded;
  }

  /// A pool on a database that is known to be there and migrated, as a clone of a migrated one is.
  static Database attach(DatabaseUrl url, DatabaseConfig config) {
    return new Database(url, config, () -> {});
  }

  private static void awaitServer(DatabaseUrl url, Duration limit, Consumer<String> progress) {
    long deadline = System.nanoTime() + limit.toNanos();
    boolean told = false;
    while (true) {
      try (Connection connection =
          DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password().reveal())) {
        int major = connection.getMetaData().getDatabaseMajorVersion();
        if (major < OLDEST_SERVER) {
          throw new DatabaseSettingException(
              "The server at "
                  + url
                  + " is PostgreSQL "
                  + major
                  + "; claudemesh needs "
                  + OLDEST_SERVER
                  + " or newer.");
        }
        return;
      } catch (SQLException e) {
        refuseIfHopeless(url, e);
        if (System.nanoTime() > deadline || Thread.currentThread().isInterrupted()) {
          throw new DatabaseDownException(
              "The database at "
                  + url
                  + " cannot be reached: "
                  + e.getMessage()
                  + " Check DATABASE_URL, and that the server runs.",
              e);
        }
      }
      if (!told) {
        progress.accept("Waiting for the database at " + url);
        told = true;
      }
      pause();
    }
  }

  private static void refuseIfHopeless(DatabaseUrl url, SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.startsWith("28")) {
      throw new DatabaseSettingException(
          "The database at "
              + url
              + " refuses the login of user \""
              + url.user()
              + "\". Check user and password in DATABASE_URL.");
    }
    if (state.equals("3D000")) {
      throw new DatabaseSettingException(
          "The server has no database \""
              + url.database()
              + "\". Create it, or correct DATABASE_URL.");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(RETRY_STEP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// For single statements; each takes a connection for as long as it runs.
  public DSLContext dsl() {
    return dsl;
  }

  /// Runs `work` in one transaction: all of it is kept, or, if it throws, none. Work with the given
  /// context, not with [#dsl()].
  public <T> T transaction(Function<DSLContext, T> work) {
    return named(() -> {
      Connection connection = pool.acquire();
      try {
        return committed(connection, work);
      } finally {
        pool.release(connection);
      }
    });
  }

  /// jOOQ's own way asks the server for the isolation level each time, one round trip more.
  private <T> T committed(Connection connection, Function<DSLContext, T> work) {
    try {
      connection.setAutoCommit(false);
      T result = work.apply(dsl.configuration().derive(connection).dsl());
      connection.commit();
      return result;
    } catch (SQLException e) {
      undo(connection, e);
      throw new DataAccessException("A transaction could not be committed", e);
    } catch (RuntimeException | Error e) {
      undo(connection, e);
      throw e;
    }
  }

  private static void undo(Connection connection, Throwable why) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      why.addSuppressed(e);
    }
  }

  /// Runs one statement, a transaction by itself: what takes several round trips otherwise.
  public <T> T statement(Function<DSLContext, T> work) {
    return named(() -> work.apply(dsl));
  }

  private <T> T named(Supplier<T> work) {
    try {
      return work.get();
    } catch (DatabaseDownException e) {
      throw faults.noted(e);
    } catch (DataAccessException e) {
      throw faults.noted(DatabaseFaults.named(e));
    }
  }

  /// True if the database answers now.
  public boolean healthy() {
    return pool.answers();
  }

  public PoolState poolState() {
    return pool.state();
  }

  /// Closes the pool, then stops the private server if there is one. May be called twice.
  @Override
  public void close() {
    pool.close();
    stopServer.run();
  }

  @Override
  public String toString() {
    return "Database[" + url + "]";
  }
}
