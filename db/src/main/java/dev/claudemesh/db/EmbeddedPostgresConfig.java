package dev.claudemesh.db;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// How to run the private PostgreSQL.
///
/// @param dataDir the broker's data folder; ours is `postgres` in it
/// @param binaries where to unpack the server programs; without it, next to the data
/// @param durable false only for tests: commits are not flushed to disk, so a crash may lose or
///   damage the data
/// @param maxConnections connections the server accepts
/// @param startLimit how long a start may take, recovery after a crash included
public record EmbeddedPostgresConfig(
    Path dataDir,
    Optional<Path> binaries,
    boolean durable,
    int maxConnections,
    Duration startLimit) {

  /// What a broker uses.
  public static EmbeddedPostgresConfig in(Path dataDir) {
    return new EmbeddedPostgresConfig(dataDir, Optional.empty(), true, 60, Duration.ofMinutes(2));
  }

  /// The same with the programs in a folder that several data folders share.
  public EmbeddedPostgresConfig withBinaries(Path folder) {
    return new EmbeddedPostgresConfig(
        dataDir, Optional.of(folder), durable, maxConnections, startLimit);
  }

  /// The same without flushing commits to disk. Only for data that may be lost.
  public EmbeddedPostgresConfig forgettingOnCrash() {
    return new EmbeddedPostgresConfig(dataDir, binaries, false, maxConnections, startLimit);
  }
}
