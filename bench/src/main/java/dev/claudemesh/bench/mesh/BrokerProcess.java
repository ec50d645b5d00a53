package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Processes;
import dev.claudemesh.bench.load.Watch;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A broker of this code as a process of its own, started as the launcher starts `claudemesh
/// broker`, with its own PostgreSQL in an empty data folder.
public final class BrokerProcess implements Watch.Watched, AutoCloseable {
  /// The flags of the launcher for `broker`. A test compares.
  public static final List<String> FLAGS =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms24m",
          "-Xmx220m",
          "-XX:NewRatio=1",
          "-XX:MaxNewSize=140m",
          "-XX:SurvivorRatio=4",
          "-XX:MinHeapFreeRatio=20",
          "-XX:MaxHeapFreeRatio=40",
          "-XX:TrimNativeHeapInterval=5000",
          "-Xlog:disable",
          "-Xlog:all=error:stderr",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dfile.encoding=UTF-8");

  /// Limits that a load has to lift; whoever reads a table is told of them.
  public static final Map<String, String> LOAD_SETTINGS =
      Map.of("SEND_RATE_PER_MINUTE", "0", "MAX_CONNECTIONS_PER_MESH", "20000");

  private static final long START_SECONDS = 120;
  private static final long STOP_SECONDS = 20;
  private static final String READY = "ready ";

  private final Process process;
  private final URI url;
  private final Path log;
  private final double startSeconds;
  private final Thread onSignal;

  private BrokerProcess(Process process, URI url, Path log, double startSeconds, Thread onSignal) {
    this.process = process;
    this.url = url;
    this.log = log;
    this.startSeconds = startSeconds;
    this.onSignal = onSignal;
  }

  /// Starts a broker and waits until it listens.
  ///
  /// @param folder gets its data and its log
  /// @param settings of the environment, beside those of the load
  /// @throws IOException with the end of its log if it does not start
  public static BrokerProcess start(Path folder, Map<String, String> settings) throws IOException {
    Path log = folder.resolve("broker.log");
    long before = System.nanoTime();
    ProcessBuilder builder =
        new ProcessBuilder(command(folder.resolve("broker")))
            .directory(folder.toFile())
            .redirectError(log.toFile());
    builder.environment().keySet().removeIf(BrokerProcess::isSetting);
    builder.environment().putAll(LOAD_SETTINGS);
    builder.environment().putAll(settings);
    Process process = builder.start();
    Thread onSignal = Thread.ofPlatform().unstarted(process::destroy);
    Runtime.getRuntime().addShutdownHook(onSignal);
    URI url = awaitReady(process, log);
    return new BrokerProcess(process, url, log, (System.nanoTime() - before) / 1e9, onSignal);
  }

  /// What the user's own environment says of another broker does not count here.
  private static boolean isSetting(String name) {
    return name.startsWith("BROKER_")
        || name.startsWith("CLAUDEMESH_")
        || name.equals("DATABASE_URL");
  }

  private static List<String> command(Path data) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(FLAGS);
    String more = System.getenv().getOrDefault("CLAUDEMESH_JAVA_OPTS", "").strip();
    if (!more.isEmpty()) {
      command.addAll(List.of(more.split("\\s+")));
    }
    command.addAll(
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            "dev.claudemesh.cli.Main",
            "broker",
            "--host",
            "127.0.0.1",
            "--port",
            "0",
            "--data",
            data.toString()));
    return command;
  }

  private static URI awaitReady(Process process, Path log) throws IOException {
    BufferedReader out = process.inputReader();
    CompletableFuture<String> line =
        CompletableFuture.supplyAsync(
            () -> out.lines().filter(text -> text.startsWith(READY)).findFirst().orElse(""));
    try {
      String ready = line.get(START_SECONDS, TimeUnit.SECONDS);
      if (!ready.isEmpty()) {
        return URI.create(ready.substring(READY.length()).strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | TimeoutException e) {
      process.destroy();
    }
    throw new IOException("The broker did not start:\n" + tail(log));
  }

  private static String tail(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
  }

  public URI url() {
    return url;
  }

  public long pid() {
    return process.pid();
  }

  /// Seconds from the start of the process until it listened.
  public double startSeconds() {
    return startSeconds;
  }

  /// The end of its log, for whoever asks what went wrong.
  public String logTail() throws IOException {
    return tail(log);
  }

  @Override
  public List<ProcessHandle> broker() {
    return List.of(process.toHandle());
  }

  @Override
  public List<ProcessHandle> database() {
    return Processes.below(process.pid());
  }

  /// Ends it as SIGTERM does; kills it if that takes too long.
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // The hooks run already, and end it too.
      return;
    }
  }
}
