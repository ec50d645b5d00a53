package dev.claudemesh.db;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// The running server: a child of ours, and the thread that gave birth to it.
///
/// The kernel sends the parent-death signal when the *thread* that forked ends, not the process. So
/// the thread stays until the server is gone, and meanwhile copies what the server says into the
/// log.
final class PostgresProcess {

  private final Process process;
  private final RollingLog log;

  private PostgresProcess(Process process, RollingLog log) {
    this.process = process;
    this.log = log;
  }

  static PostgresProcess launch(List<String> command, RollingLog log) {
    CompletableFuture<Process> born = new CompletableFuture<>();
    Thread.ofPlatform().name("postgres-parent").daemon().start(() -> raise(command, log, born));
    try {
      return new PostgresProcess(born.join(), log);
    } catch (CompletionException e) {
      throw new EmbeddedPostgresException(
          "PostgreSQL could not be started: " + e.getCause().getMessage(), e.getCause());
    }
  }

  private static void raise(List<String> command, RollingLog log, CompletableFuture<Process> born) {
    Process process;
    try {
      process = Command.builder(command).start();
      process.getOutputStream().close();
    } catch (IOException e) {
      born.completeExceptionally(e);
      return;
    }
    born.complete(process);
    byte[] buffer = new byte[8192];
    try (InputStream in = process.getInputStream()) {
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        log.append(buffer, n);
      }
    } catch (IOException e) {
      byte[] reason = ("(log ends: " + e.getMessage() + ")\n").getBytes(StandardCharsets.UTF_8);
      log.append(reason, reason.length);
    }
    process.onExit().join();
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /// Waits until the server is gone.
  ///
  /// @return its exit code
  int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  String logTail() {
    return log.tail();
  }

  /// Waits; true once the server is gone.
  boolean goneWithin(Duration limit) {
    try {
      return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Stops the server: politely (open connections are cut, everything is written), then less so.
  /// Returns when it is gone.
  void stop(Duration patience) {
    if (signalled("INT", patience) || signalled("QUIT", Duration.ofSeconds(5))) {
      return;
    }
    process.destroyForcibly();
    if (!goneWithin(Duration.ofSeconds(5))) {
      throw new EmbeddedPostgresException(
          "PostgreSQL (process " + pid() + ") does not end; stop it by hand.");
    }
  }

  private boolean signalled(String signal, Duration patience) {
    if (alive()) {
      send(signal, pid());
    }
    return goneWithin(patience);
  }

  /// INT is PostgreSQL's fast shutdown, QUIT its immediate one. Java itself can only send TERM,
  /// which waits for clients to leave.
  static void send(String signal, long pid) {
    Command.run(
        List.of("sh", "-c", "kill -s \"$1\" \"$2\"", "sh", signal, Long.toString(pid)),
        Duration.ofSeconds(5));
  }
}
