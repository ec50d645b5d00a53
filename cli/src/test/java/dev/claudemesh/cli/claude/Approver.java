package dev.claudemesh.cli.claude;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// `claudemesh approve` in a process and with a config folder of its own.
final class Approver implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Approver(Path home, String... words) throws IOException {
    Path arguments = Files.writeString(home.resolve("java-arguments"), RealClaude.javaArguments());
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + arguments,
                "dev.claudemesh.cli.Main",
                "approve"));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "HOME",
                home.toString(),
                "PATH",
                System.getenv("PATH"),
                "LANG",
                "C.UTF-8",
                "CLAUDEMESH_CONFIG_DIR",
                home.resolve(".claudemesh").toString()));
    process = builder.start();
    Thread.ofVirtual().start(this::read);
  }

  /// One that stays and shows requests as they come.
  static Approver watching(Path home, String... words) throws Exception {
    Approver approver = new Approver(home, words);
    approver.sees("Waiting for requests");
    return approver;
  }

  /// One that does what it is told and ends.
  ///
  /// @return its exit code
  static int run(Path home, String... words) throws Exception {
    try (Approver approver = new Approver(home, words)) {
      return approver.process.waitFor();
    }
  }

  private void read() {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      reader.lines().forEach(lines::add);
    } catch (IOException e) {
      lines.add(e.toString());
    }
  }

  /// Waits for a line with this text, past all that come before it.
  String sees(String text) throws InterruptedException {
    long until = System.nanoTime() + PATIENCE.toNanos();
    String line = "";
    while (line != null && !line.contains(text)) {
      line = lines.poll(until - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    assertThat(line).as("a line with " + text).isNotNull();
    return line;
  }

  /// Types it until it is taken: what comes too quickly after a request is not.
  void types(String text) throws Exception {
    sees("then Enter");
    String line = "again";
    while (!line.contains("Told so")) {
      if (line.contains("again")) {
        process.getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
      }
      line = lines.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(line).isNotNull();
    }
  }

  List<String> all() {
    return List.copyOf(lines);
  }

  @Override
  public void close() {
    process.destroy();
  }
}
