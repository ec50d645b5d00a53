package dev.claudemesh.db;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jooq.exception.DataAccessException;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

/// The connections of a [SqlDatabase], which meshes use one after the other: each finds its session
/// as new, and leaves nothing in it.
///
/// A statement is ended three times over: by the server's own limit, which comes first; by the
/// driver, which cancels it; and, since a statement that means harm can catch both, by an
/// administrator who ends its connection at a deadline, which nothing that it sends moves.
final class SqlSessions implements AutoCloseable {

  /// How much longer than the server's limit the driver waits until it cancels, and again until it
  /// hangs up.
  private static final Duration GRACE = Duration.ofSeconds(1);

  /// Bytes of notices, errors and descriptions that a call may cause beside its rows. Each notice
  /// becomes an object some twenty times as large.
  private static final long MESSAGE_BYTES = 1 << 20;

  /// How often it is tried to end a statement while the server takes no connection for that.
  private static final int END_ATTEMPTS = 60;

  private static final String RAISED_BY_STATEMENT = "exec_stmt_raise";

  /// Settings that the driver needs as they are; it breaks the connection when they change.
  private static final List<String> SETTINGS_OF_DRIVER = List.of("DateStyle", "client_encoding");

  /// Troubles of the server, unless the statement itself has raised them.
  private static final Set<String> SERVER_FAULTS =
      Set.of("53100", "53300", "58030", "57P01", "57P02", "57P03", "57P05", "25P03", "40003");

  private static final SecureRandom RANDOM = new SecureRandom();

  private static final Duration VACUUM_LIMIT = Duration.ofSeconds(60);

  private final Semaphore preparing = new Semaphore(1);
  private final Semaphore vacuuming = new Semaphore(1);
  private final Duration acquire;
  private final Duration longest;
  private final SqlSetup.Login login;
  private final Pool pool;
  private final Set<String> prepared = ConcurrentHashMap.newKeySet();
  private volatile SqlSetup setup;

  /// What is done in one transaction.
  interface Work<T> {

    /// @param mesh name of the mesh's schema and role
    T on(String mesh, Connection connection) throws SQLException;
  }

  SqlSessions(SqlSetup setup, SqlDatabase.Limits limits) {
    this.setup = setup;
    this.acquire = limits.acquire();
    this.longest = limits.statement().plus(GRACE.multipliedBy(2));
    this.login = setup.prepare();
    DatabaseUrl url = url(setup.admin(), login, limits.statement());
    this.pool =
        Pool.onDemand(
            url,
            DatabaseConfig.server(url)
                .withPoolSize(limits.connections())
                .withAcquireTimeout(limits.acquire()));
  }

  /// Settings in the URL are what `discard all` goes back to. Statements have no names on the
  /// server, where a mesh could put its own under the same name.
  private static DatabaseUrl url(DatabaseUrl admin, SqlSetup.Login login, Duration statement) {
    return admin
        .withLogin(login.name(), login.password())
        .withParameters(
            Map.of(
                "options",
                "-c statement_timeout="
                    + statement.toMillis()
                    + " -c idle_in_transaction_session_timeout="
                    + 2 * statement.toMillis()
                    + " -c search_path=pg_catalog -c timezone=UTC",
                "prepareThreshold",
                "0",
                "socketTimeout",
                Long.toString(statement.plus(GRACE.multipliedBy(2)).toSeconds()),
                "socketFactory",
                MeteredSockets.class.getName()));
  }

  /// One transaction of a mesh, which is made ready for it if it is new here.
  ///
  /// @param kept whether it is committed. What only reads must not be: a commit runs what a query
  ///   has left behind, such as a cursor `with hold`, as the login
  /// @param mostBytes of its rows, as the server sends them
  <T> T run(String meshId, boolean kept, long mostBytes, Work<T> work) {
    if (!prepared.contains(meshId)) {
      prepare(meshId);
    }
    Connection connection = pool.acquire();
    AtomicBoolean clean = new AtomicBoolean();
    try {
      return MeteredSockets.reading(
          mostBytes + MESSAGE_BYTES,
          () -> {
            PgConnection server = connection.unwrap(PgConnection.class);
            try {
              connection.setAutoCommit(false);
              T result = inTime(server, () -> work.on(login.mesh(meshId), connection));
              if (kept) {
                connection.commit();
              }
              return result;
            } finally {
              clean.set(cleaned(connection));
              if (!clean.get()) {
                end(server.getBackendPID(), END_ATTEMPTS);
              }
            }
          });
    } catch (SQLException e) {
      throw named(e);
    } finally {
      if (clean.get()) {
        pool.release(connection);
      } else {
        pool.retire(connection);
      }
    }
  }

  /// One after the other, for each takes a connection beside the pool's.
  private void prepare(String meshId) {
    if (!turn(preparing)) {
      throw new DatabaseBusyException("many meshes begin to use SQL at once", null);
    }
    try {
      if (!prepared.contains(meshId)) {
        setup.prepare(login, meshId);
        prepared.add(meshId);
      }
    } finally {
      preparing.release();
    }
  }

  private boolean turn(Semaphore one) {
    try {
      return one.tryAcquire(acquire.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private <T> T inTime(PgConnection server, MeteredSockets.Work<T> work) throws SQLException {
    SqlDeadline deadline =
        new SqlDeadline(
            longest,
            () -> {
              end(server.getBackendPID(), END_ATTEMPTS);
              abort(server);
            });
    T result;
    try {
      result = work.run();
    } catch (SQLException | RuntimeException e) {
      deadline.met();
      throw e;
    }
    if (!deadline.met()) {
      throw new PSQLException("Ended at its deadline", PSQLState.CONNECTION_FAILURE);
    }
    return result;
  }

  private static void abort(PgConnection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Ends what a connection runs, now or as soon as the server lets an administrator in.
  private void end(int pid, int attempts) {
    try {
      setup.end(login.name(), pid);
    } catch (RuntimeException e) {
      if (attempts > 1) {
        SqlDeadline.after(GRACE, () -> end(pid, attempts - 1));
      }
    }
  }

  /// Whether nothing of the last statement is left in the session: settings, locks, cursors,
  /// prepared statements, channels, and what the next random numbers are.
  private static boolean cleaned(Connection connection) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
      try (var discard = connection.createStatement()) {
        discard.execute("discard all");
        discard.execute("select pg_catalog.setseed(" + RANDOM.nextDouble(-1, 1) + ")");
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static RuntimeException named(SQLException e) {
    ServerErrorMessage error =
        e instanceof PSQLException refused ? refused.getServerErrorMessage() : null;
    if (error != null
        && (!SERVER_FAULTS.contains(error.getSQLState())
            || RAISED_BY_STATEMENT.equals(error.getRoutine()))) {
      return new StatementRefusedException(error);
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof MeteredSockets.TooMuchException) {
        return new StatementRefusedException(
            "54000", "the statement sends more messages than are read");
      }
    }
    for (String setting : SETTINGS_OF_DRIVER) {
      if (error == null && e.getMessage() != null && e.getMessage().contains(setting)) {
        return new StatementRefusedException(
            "55P02", "the setting \"" + setting + "\" cannot be changed here");
      }
    }
    return DatabaseFaults.named(new DataAccessException("A statement of a mesh failed", e));
  }

  /// How long the driver waits for a statement until it cancels it.
  static int cancelSeconds(SqlDatabase.Limits limits) {
    return (int) limits.statement().plus(GRACE).toSeconds();
  }

  /// Gives the room of a mesh's rows that are gone back to the disk, as far as nothing speaks
  /// against it.
  void vacuum(String meshId, boolean rewriting) {
    if (turn(vacuuming)) {
      try {
        setup.vacuum(login.mesh(meshId), rewriting, VACUUM_LIMIT);
      } finally {
        vacuuming.release();
      }
    }
  }

  /// The server is to be found at another port from now on.
  void moveTo(int port) {
    setup = setup.withPort(port);
    pool.moveTo(port);
  }

  @Override
  public void close() {
    pool.close();
  }
}
