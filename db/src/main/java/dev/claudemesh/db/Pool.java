package dev.claudemesh.db;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.jooq.ConnectionProvider;
import org.jooq.exception.DataAccessException;
import org.postgresql.ds.PGSimpleDataSource;

/// The connections, and the rule for when none is to be had: busy if all are in use, down if there
/// are none.
final class Pool implements ConnectionProvider, AutoCloseable {

  private static final int VALID_WITHIN_SECONDS = 2;

  /// Statements are planned once, often while the tables are nearly empty, and run for months: a
  /// plan that reads a whole table, right at first, would be ruin later. Planning them each time
  /// anew costs more than running them does, and none of ours is worth compiling.
  private static final String PLANNING =
      "set enable_seqscan = off; set plan_cache_mode = force_generic_plan; set jit = off; ";

  private final PGSimpleDataSource server = new PGSimpleDataSource();
  private final HikariDataSource connections;

  /// The broker's own connections.
  static Pool ofBroker(DatabaseUrl url, DatabaseConfig config) {
    return new Pool(
        "claudemesh-db",
        url,
        config,
        2,
        PLANNING
            + "set time zone 'UTC'; set statement_timeout = "
            + config.statementLimit().toMillis()
            + "; set idle_in_transaction_session_timeout = "
            + 2 * config.statementLimit().toMillis());
  }

  /// Connections that are made when they are needed and have no settings but those of the URL, to
  /// which `discard all` brings them back.
  static Pool onDemand(DatabaseUrl url, DatabaseConfig config) {
    return new Pool("claudemesh-sql", url, config, 0, null);
  }

  private Pool(String name, DatabaseUrl url, DatabaseConfig config, int idle, String initSql) {
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(name);
    server.setUrl(url.jdbcUrl());
    server.setUser(url.user());
    server.setPassword(url.password().reveal());
    hikari.setDataSource(server);
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(Math.min(idle, config.poolSize()));
    hikari.setConnectionTimeout(config.acquireTimeout().toMillis());
    hikari.setValidationTimeout(Math.min(2000, config.acquireTimeout().toMillis()));
    hikari.setKeepaliveTime(Duration.ofMinutes(2).toMillis());
    hikari.setInitializationFailTimeout(-1);
    hikari.setConnectionInitSql(initSql);
    connections = new HikariDataSource(hikari);
  }

  @Override
  public Connection acquire() {
    try {
      return connections.getConnection();
    } catch (SQLException e) {
      if (connections.isClosed()) {
        throw new DatabaseDownException("The database is closed: the broker is stopping.", e);
      }
      if (allInUse()) {
        throw new DatabaseBusyException(
            "no connection became free within " + connections.getConnectionTimeout() + " ms", e);
      }
      throw new DatabaseDownException("The database cannot be reached. Try again in a moment.", e);
    }
  }

  @Override
  public void release(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new DataAccessException("A connection could not be given back", e);
    }
  }

  /// Gives a connection back for good: nobody gets it again.
  void retire(Connection connection) {
    connections.evictConnection(connection);
    release(connection);
  }

  /// A connection broke, and the others with it if the server did: those at rest are closed, those
  /// in use when they are given back.
  void suspectAll() {
    var pool = connections.getHikariPoolMXBean();
    if (pool != null && !connections.isClosed()) {
      pool.softEvictConnections();
    }
  }

  /// The server is to be found at another port from now on.
  void moveTo(int port) {
    server.setPortNumbers(new int[] {port});
    suspectAll();
  }

  /// True if the database answers, or is so busy that nobody could ask it.
  boolean answers() {
    try (Connection connection = connections.getConnection()) {
      return connection.isValid(VALID_WITHIN_SECONDS);
    } catch (SQLException e) {
      return !connections.isClosed() && allInUse();
    }
  }

  private boolean allInUse() {
    return state().inUse() >= connections.getMaximumPoolSize();
  }

  Database.PoolState state() {
    var pool = connections.getHikariPoolMXBean();
    return pool == null
        ? new Database.PoolState(0, 0, 0, connections.getMaximumPoolSize())
        : new Database.PoolState(
            pool.getActiveConnections(),
            pool.getIdleConnections(),
            pool.getThreadsAwaitingConnection(),
            connections.getMaximumPoolSize());
  }

  @Override
  public void close() {
    connections.close();
  }
}
