package dev.claudemesh.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Deals with what a killed broker or a killed server left behind: a server that still runs on our
/// data, workers without one, or the mark of one that does not run.
///
/// Only called with the folder lock held, so whatever is found belongs to a broker that is dead.
final class Leftovers {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /// A worker without its server ends at once, unless it computes.
  private static final Duration ORPHANS = Duration.ofSeconds(1);

  private static final Duration STEP = Duration.ofMillis(50);

  private Leftovers() {}

  static void clear(Path cluster, Consumer<String> progress) {
    if (!Files.exists(cluster)) {
      return;
    }
    Path mark = cluster.resolve("postmaster.pid");
    Optional<Long> postmaster = pidIn(mark);
    List<Long> running = running(cluster, postmaster);
    if (!running.isEmpty()) {
      progress.accept("Stopping the PostgreSQL that an earlier broker left running");
      // Its workers end by themselves when the first process is gone, as soon as they wait.
      postmaster.filter(running::contains).ifPresent(pid -> PostgresProcess.send("INT", pid));
      boolean leaderless = postmaster.filter(running::contains).isEmpty();
      if (!gone(cluster, postmaster, leaderless ? ORPHANS : PATIENCE)) {
        running(cluster, postmaster).stream()
            .filter(Leftovers::isPostgres)
            .forEach(pid -> PostgresProcess.send("QUIT", pid));
        if (!gone(cluster, postmaster, STEP.multipliedBy(100))) {
          throw new EmbeddedPostgresException(
              "A PostgreSQL of an earlier broker still runs on "
                  + cluster
                  + " (processes "
                  + running(cluster, postmaster)
                  + "). Stop it, then start again.");
        }
      }
    }
    forgetIfNobody(mark, postmaster);
  }

  /// A killed server leaves its mark behind, and its number may be somebody else's (or a zombie's)
  /// by now. PostgreSQL would refuse to start; but we know that no process works in this folder.
  private static void forgetIfNobody(Path mark, Optional<Long> postmaster) {
    try {
      if (onLinux()
          || postmaster.flatMap(ProcessHandle::of).filter(ProcessHandle::isAlive).isEmpty()) {
        Files.deleteIfExists(mark);
      }
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "The stale file " + mark + " cannot be deleted: " + e.getMessage(), e);
    }
  }

  private static boolean gone(Path cluster, Optional<Long> postmaster, Duration patience) {
    for (long waited = 0; waited < patience.toMillis(); waited += STEP.toMillis()) {
      if (running(cluster, postmaster).isEmpty()) {
        return true;
      }
      try {
        Thread.sleep(STEP);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return running(cluster, postmaster).isEmpty();
  }

  /// Every process of a server works in its data folder; elsewhere than on Linux only the first one
  /// can be recognised.
  private static List<Long> running(Path cluster, Optional<Long> postmaster) {
    if (onLinux()) {
      return ProcessHandle.allProcesses()
          .map(ProcessHandle::pid)
          .filter(pid -> worksIn(cluster, pid))
          .toList();
    }
    return postmaster.filter(Leftovers::isPostgres).stream().toList();
  }

  private static boolean isPostgres(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().command())
        .filter(name -> name.endsWith("/postgres"))
        .isPresent();
  }

  private static boolean worksIn(Path cluster, long pid) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd")).equals(cluster);
    } catch (IOException | SecurityException e) {
      return false; // gone meanwhile, a zombie, or a stranger's
    }
  }

  private static Optional<Long> pidIn(Path mark) {
    try (var lines = Files.lines(mark)) {
      return lines.findFirst().map(String::strip).map(Long::valueOf);
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static boolean onLinux() {
    return System.getProperty("os.name").startsWith("Linux");
  }
}
