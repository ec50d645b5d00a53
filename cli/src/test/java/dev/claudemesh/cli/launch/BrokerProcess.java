package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.claude.RealClaude;
import dev.claudemesh.db.TestDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// A broker that runs as a program, so that it can be killed; started again it is at the same
/// place.
final class BrokerProcess implements AutoCloseable {
  private final TestDatabase database = TestDatabase.create();
  private final Path folder;
  private final int port;
  private Process process;

  private BrokerProcess(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  static BrokerProcess start(Path folder) throws IOException {
    BrokerProcess broker = new BrokerProcess(folder, freePort());
    broker.startAgain();
    return broker;
  }

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  void startAgain() throws IOException {
    Path arguments =
        Files.writeString(folder.resolve("broker-arguments"), RealClaude.javaArguments());
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + arguments,
                "dev.claudemesh.cli.Main",
                "broker",
                "--port",
                Integer.toString(port),
                "--data",
                folder.resolve("broker").toString())
            .redirectError(folder.resolve("broker.log").toFile());
    builder.environment().put("DATABASE_URL", database.urlText());
    process = builder.start();
    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (String line = said.readLine(); line == null || !line.startsWith("ready"); ) {
      if (line == null) {
        throw new IOException("No broker: " + Files.readString(folder.resolve("broker.log")));
      }
      line = said.readLine();
    }
  }

  void kill() {
    try {
      process.destroyForcibly().waitFor(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  URI url() {
    return URI.create("ws://127.0.0.1:" + port + "/ws");
  }

  @Override
  public void close() {
    kill();
    database.close();
  }
}
