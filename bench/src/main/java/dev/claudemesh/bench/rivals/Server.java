package dev.claudemesh.bench.rivals;

import dev.claudemesh.bench.load.Processes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A rival's process and all that it started.
final class Server implements AutoCloseable {
  private static final long START_NANOS = TimeUnit.SECONDS.toNanos(90);
  private static final long LOOK_MILLIS = 50;
  private static final long STOP_SECONDS = 15;

  private final Process process;
  private final Path log;
  private final Thread onSignal;

  private Server(Process process, Path log, Thread onSignal) {
    this.process = process;
    this.log = log;
    this.onSignal = onSignal;
  }

  static Server start(Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    Path log = folder.resolve("server.log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().putAll(environment);
    Process process = builder.start();
    Thread onSignal = Thread.ofPlatform().unstarted(() -> end(process.toHandle()));
    Runtime.getRuntime().addShutdownHook(onSignal);
    return new Server(process, log, onSignal);
  }

  List<ProcessHandle> tree() {
    return Processes.tree(process.pid());
  }

  /// Something that works once the server does.
  interface Attempt<T> {
    T make() throws Exception;
  }

  /// Waits until it listens.
  ///
  /// @throws IOException with the end of its log if it does not
  void awaitPort(int port) throws IOException, InterruptedException {
    await(() -> {
      new Socket(InetAddress.getLoopbackAddress(), port).close();
      return port;
    });
  }

  /// Tries until it works.
  ///
  /// @throws IOException with the end of its log if it does not
  <T> T await(Attempt<T> attempt) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + START_NANOS;
    while (true) {
      try {
        return attempt.make();
      } catch (Exception e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("The server did not start: " + e + "\n" + tail(), e);
        }
        process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
    }
  }

  private String tail() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }

  private static void end(ProcessHandle root) {
    List<ProcessHandle> all = Processes.tree(root.pid());
    all.forEach(ProcessHandle::destroy);
  }

  @Override
  public void close() {
    List<ProcessHandle> all = tree();
    all.forEach(ProcessHandle::destroy);
    try {
      process.waitFor(STOP_SECONDS, TimeUnit.SECONDS);
      all.stream().filter(ProcessHandle::isAlive).forEach(ProcessHandle::destroyForcibly);
      process.waitFor();
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // The hooks run already, and end it too.
      return;
    }
  }
}
