package dev.claudemesh.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// The broker as `claudemesh broker` starts it, on one port and one data folder through all its
/// lives.
final class BrokerProcess {
  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration STOP = Duration.ofSeconds(30);

  private final Path run;
  private final int port;
  private final Map<String, String> settings;
  private volatile Child child;
  private volatile boolean expected = true;
  private final List<String> surprises = new ArrayList<>();

  BrokerProcess(Path run, Map<String, String> settings) {
    this.run = run;
    this.port = freePort();
    this.settings = Map.copyOf(settings);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return port;
  }

  static Path data(Path run) {
    return run.resolve("broker");
  }

  /// File of its clock.
  Path clock() {
    return run.resolve("clock-broker");
  }

  Path log() {
    return run.resolve("broker.log");
  }

  /// Starts it, and again if it ends before it is ready, as a supervisor does.
  ///
  /// @throws IllegalStateException if it is not ready in two minutes
  void start() {
    long deadline = Uptime.millis() + START.toMillis();
    do {
      CompletableFuture<String> ready = new CompletableFuture<>();
      Child started = Child.start(program(), log(), ready::complete);
      child = started;
      started
          .process()
          .onExit()
          .thenRun(() -> {
            ready.completeExceptionally(new IllegalStateException("it ended"));
            ended(started);
          });
      try {
        ready.orTimeout(deadline - Uptime.millis(), TimeUnit.MILLISECONDS).join();
        expected = false;
        if (started.alive()) {
          return;
        }
      } catch (CompletionException e) {
        started.kill();
      }
    } while (Uptime.millis() < deadline);
    throw new IllegalStateException("The broker did not start; see " + log());
  }

  private Child.Program program() {
    List<String> flags = new ArrayList<>(dev.claudemesh.bench.mesh.BrokerProcess.FLAGS);
    Arrays.stream(System.getenv().getOrDefault("CLAUDEMESH_JAVA_OPTS", "").split(" "))
        .filter(flag -> !flag.isBlank())
        .forEach(flags::add);
    return new Child.Program(
        flags,
        BrokerMain.class.getName(),
        List.of(Integer.toString(port), data(run).toString(), clock().toString()),
        settings,
        run);
  }

  private synchronized void ended(Child which) {
    if (!expected && which == child) {
      surprises.add("the broker ended by itself with " + which.process().exitValue());
    }
  }

  /// Each time it ended and nobody had told it to.
  synchronized List<String> surprises() {
    return List.copyOf(surprises);
  }

  boolean alive() {
    return child.alive();
  }

  void kill() {
    expected = true;
    child.kill();
  }

  void pause() {
    child.pause();
  }

  void resume() {
    child.resume();
  }

  /// Tells it to end, and kills it if it does not.
  ///
  /// @return whether it ended in time
  boolean stop() {
    expected = true;
    child.terminate();
    boolean ended = child.endedWithin(STOP);
    if (!ended) {
      child.kill();
    }
    return ended;
  }

  void surprise(String what) {
    synchronized (this) {
      surprises.add(what);
    }
  }
}
