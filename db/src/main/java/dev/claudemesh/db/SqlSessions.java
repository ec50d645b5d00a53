package dev.claudemesh.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.exception.DataAccessException;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

/// The connections of a [SqlDatabase], which meshes use one after the other: each finds its session
/// as new, and leaves nothing in it.
///
/// A statement is ended three times over: by the server's own limit, which comes first; by the
/// driver, which cancels it; and, since a statement that means harm can catch both, by an
/// administrator who ends its connection once the driver has hung up.
final class SqlSessions implements AutoCloseable {

  /// How much longer than the server's limit the driver waits until it cancels, and again until it
  /// hangs up.
  private static final Duration GRACE = Duration.ofSeconds(1);

  /// Troubles of the server, whatever the statement says.
  private static final Set<String> SERVER_FAULTS =
      Set.of("53100", "53300", "58030", "57P01", "57P02", "57P03", "57P05", "25P03", "40003");

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
                "maxResultBuffer",
                "16M"));
  }

  /// One transaction of a mesh, which is made ready for it if it is new here.
  ///
  /// @param kept whether it is committed. What only reads must not be: a commit runs what a query
  ///   has left behind, such as a cursor `with hold`, as the login
  <T> T run(String meshId, boolean kept, Work<T> work) {
    if (!prepared.contains(meshId)) {
      setup.prepare(login, meshId);
      prepared.add(meshId);
    }
    Connection connection = pool.acquire();
    boolean clean = false;
    try {
      int pid = connection.unwrap(PGConnection.class).getBackendPID();
      try {
        connection.setAutoCommit(false);
        T result = work.on(login.mesh(meshId), connection);
        if (kept) {
          connection.commit();
        }
        clean = cleaned(connection);
        return result;
      } catch (SQLException e) {
        clean = cleaned(connection);
        if (!clean) {
          setup.end(login, pid);
        }
        throw e;
      }
    } catch (SQLException e) {
      throw named(e);
    } finally {
      if (clean) {
        pool.release(connection);
      } else {
        pool.retire(connection);
      }
    }
  }

  /// Whether nothing of the last statement is left in the session: settings, locks, cursors,
  /// prepared statements, channels.
  private static boolean cleaned(Connection connection) {
    try {
      connection.rollback();
      connection.setAutoCommit(true);
      try (var discard = connection.createStatement()) {
        discard.execute("discard all");
      }
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private static RuntimeException named(SQLException e) {
    if (e instanceof PSQLException error
        && error.getServerErrorMessage() != null
        && !SERVER_FAULTS.contains(error.getSQLState())) {
      return new StatementRefusedException(error.getServerErrorMessage());
    }
    return DatabaseFaults.named(new DataAccessException("A statement of a mesh failed", e));
  }

  /// How long the driver waits for a statement until it cancels it.
  static int cancelSeconds(SqlDatabase.Limits limits) {
    return (int) limits.statement().plus(GRACE).toSeconds();
  }

  /// Gives the room of a mesh's rows that are gone back to the disk.
  void vacuum(String meshId, boolean rewriting) {
    setup.vacuum(login.mesh(meshId), rewriting);
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
