package dev.claudemesh.db;

import java.nio.file.Path;
import java.time.Duration;

/// What a [Database] needs to know.
///
/// @param place a server of the operator's, or the private one
/// @param poolSize connections at most; this is what really limits how much is done at once
/// @param acquireTimeout how long a caller waits for a free connection before it is told `busy`
/// @param statementLimit how long one statement may run; migrations are not limited
/// @param startLimit how long to wait at the start for a server that is still starting itself
public record DatabaseConfig(
    Place place,
    int poolSize,
    Duration acquireTimeout,
    Duration statementLimit,
    Duration startLimit) {

  /// Where the data is.
  public sealed interface Place {
    /// A PostgreSQL that somebody runs for us.
    record Server(DatabaseUrl url) implements Place {}

    /// A PostgreSQL of our own.
    record Embedded(EmbeddedPostgresConfig config) implements Place {}
  }

  public DatabaseConfig {
    if (poolSize < 1 || poolSize > 500) {
      throw new DatabaseSettingException(
          "The size of the database pool must be between 1 and 500.");
    }
    if (acquireTimeout.compareTo(Duration.ofMillis(250)) < 0) {
      throw new DatabaseSettingException(
          "The wait for a database connection must be at least 250 ms.");
    }
  }

  /// The server that `DATABASE_URL` names.
  public static DatabaseConfig server(DatabaseUrl url) {
    return with(new Place.Server(url));
  }

  /// A private PostgreSQL in the broker's data folder.
  public static DatabaseConfig embedded(Path dataDir) {
    return with(new Place.Embedded(EmbeddedPostgresConfig.in(dataDir)));
  }

  private static DatabaseConfig with(Place place) {
    return new DatabaseConfig(
        place, 10, Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(30));
  }

  /// The same with another number of connections.
  public DatabaseConfig withPoolSize(int size) {
    return new DatabaseConfig(place, size, acquireTimeout, statementLimit, startLimit);
  }

  /// The same with another wait for a free connection.
  public DatabaseConfig withAcquireTimeout(Duration timeout) {
    return new DatabaseConfig(place, poolSize, timeout, statementLimit, startLimit);
  }

  /// The same with another limit for one statement.
  public DatabaseConfig withStatementLimit(Duration limit) {
    return new DatabaseConfig(place, poolSize, acquireTimeout, limit, startLimit);
  }

  /// The same with another wait for the server at the start.
  public DatabaseConfig withStartLimit(Duration limit) {
    return new DatabaseConfig(place, poolSize, acquireTimeout, statementLimit, limit);
  }
}
