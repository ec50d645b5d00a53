package dev.claudemesh.bench.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// A PostgreSQL of ours as seen from outside: by its data folder, whoever started it.
record Postgres(Path data) {
  private static final String USER = "claudemesh";
  private static final long STEP_MILLIS = 50;

  /// Number of its first process, if that is alive and takes connections.
  OptionalLong pid() {
    List<String> lines = state();
    if (lines.size() < 8 || !lines.get(7).strip().equals("ready")) {
      return OptionalLong.empty();
    }
    long pid = Long.parseLong(lines.getFirst().strip());
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()
        ? OptionalLong.of(pid)
        : OptionalLong.empty();
  }

  private List<String> state() {
    try {
      return Files.readAllLines(data.resolve("postgres/cluster/postmaster.pid"));
    } catch (IOException notThere) {
      return List.of();
    }
  }

  String password() throws IOException {
    return Files.readString(data.resolve("postgres/password")).strip();
  }

  /// The first process and all it started.
  List<ProcessHandle> processes() {
    return pid().stream()
        .boxed()
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .flatMap(first -> Stream.concat(Stream.of(first), first.descendants()))
        .toList();
  }

  /// A connection, as soon as one can be had.
  ///
  /// @throws SQLException if there is none until then
  Connection connect(Duration within) throws SQLException {
    long deadline = Uptime.millis() + within.toMillis();
    while (true) {
      try {
        return connect();
      } catch (SQLException | IOException e) {
        if (Uptime.millis() > deadline || !rested()) {
          throw new SQLException("PostgreSQL in " + data + " cannot be reached", e);
        }
      }
    }
  }

  private Connection connect() throws SQLException, IOException {
    List<String> lines = state();
    if (lines.size() < 8) {
      throw new IOException("it does not run");
    }
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:"
            + lines.get(3).strip()
            + "/"
            + USER
            + "?ApplicationName=faults&connectTimeout=5&socketTimeout=60",
        USER,
        password());
  }

  private static boolean rested() {
    try {
      Thread.sleep(STEP_MILLIS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
