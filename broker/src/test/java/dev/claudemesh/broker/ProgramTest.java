package dev.claudemesh.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestSocket.Closing;
import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The broker as a process of its own.
@Timeout(120)
class ProgramTest {
  @TempDir Path data;

  /// What a process runs.
  static final class Program {
    public static void main(String[] arguments) throws InterruptedException {
      BrokerProgram.run(BrokerConfig.read(System.getenv(), Map.of()), System.out, System.err);
    }
  }

  @Test
  void it_says_ready_on_stdout_and_nothing_else_and_a_signal_ends_it_gracefully()
      throws IOException, InterruptedException {
    try (TestDatabase database = TestDatabase.create()) {
      ProcessBuilder builder =
          new ProcessBuilder(
              List.of(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:+UseSerialGC",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Program.class.getName()));
      builder.environment().clear();
      builder
          .environment()
          .putAll(
              Map.of(
                  "CLAUDEMESH_DATA",
                  data.toString(),
                  "BROKER_PORT",
                  "0",
                  "DATABASE_URL",
                  database.urlText(),
                  "BROKER_COMPAT",
                  "true"));
      Process process = builder.start();
      try (BufferedReader stdout = process.inputReader(StandardCharsets.UTF_8);
          BufferedReader stderr = process.errorReader(StandardCharsets.UTF_8)) {
        String ready = stdout.readLine();
        assertThat(ready).matches("ready ws://127\\.0\\.0\\.1:\\d+/ws");
        try (TestSocket socket =
            TestSocket.open(URI.create(ready.substring("ready ".length())), new TestClock())) {
          socket.awaitPong();
          // Not Process.destroy, which would close the streams before they told everything.
          process.toHandle().destroy();
          assertThat(socket.closed()).isEqualTo(new Closing(1001, "shutting down"));
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(stdout.readLine()).isNull();
        assertThat(stderr.lines())
            .allSatisfy(line ->
                assertThat(Wire.parse(line.getBytes(StandardCharsets.UTF_8)).propertyNames())
                    .contains("ts", "level", "component", "msg"))
            .anySatisfy(line -> assertThat(line).contains("BROKER_COMPAT"))
            .anySatisfy(line -> assertThat(line).contains("has stopped"));
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
