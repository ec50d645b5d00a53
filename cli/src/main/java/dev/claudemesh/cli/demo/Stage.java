package dev.claudemesh.cli.demo;

import dev.claudemesh.broker.Broker;
import dev.claudemesh.broker.kernel.BrokerConfig;
import dev.claudemesh.cli.Cli;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.Environment;
import dev.claudemesh.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Where the demo plays: a folder that goes afterwards, a broker in it, and actors with config
/// folders of their own. Closing removes all of it, also when Ctrl-C ends the demo in the middle.
final class Stage implements AutoCloseable {
  private final Path folder;
  private final InstantSource clock;
  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final Thread onSignal =
      Thread.ofPlatform().name("claudemesh-demo-stop").unstarted(this::clear);
  private Optional<Broker> broker = Optional.empty();
  private boolean cleared;

  Stage(InstantSource clock) throws IOException {
    this.clock = clock;
    this.folder = Files.createTempDirectory("claudemesh-demo");
    // The database of a broker that root starts runs as another user, who has to pass through.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    Runtime.getRuntime().addShutdownHook(onSignal);
  }

  /// Starts the broker on a free port; nothing of the user's own settings counts here.
  Broker startBroker(Consumer<String> progress) {
    BrokerConfig config =
        BrokerConfig.read(
            Map.of(),
            Map.of(
                "BROKER_HOST",
                "127.0.0.1",
                "BROKER_PORT",
                "0",
                "CLAUDEMESH_DATA",
                data().toString()));
    Broker started = Broker.start(config, progress);
    synchronized (this) {
      if (cleared) {
        started.close();
        throw new IllegalStateException("The demo was ended");
      }
      broker = Optional.of(started);
    }
    return started;
  }

  /// Where the broker keeps everything.
  Path data() {
    return folder.resolve("broker");
  }

  /// Where its PostgreSQL keeps everything.
  Path database() {
    return data().resolve("postgres").resolve("cluster");
  }

  /// Closed before the broker, the last first.
  synchronized void closeLater(AutoCloseable part) {
    toClose.add(part);
  }

  /// What a command of an actor gets.
  Context context(String actor, PrintStream out, PrintStream err) {
    Map<String, String> variables =
        Map.of(
            "CLAUDEMESH_CONFIG_DIR",
            folder.resolve(actor).toString(),
            "CLAUDEMESH_BROKER_URL",
            broker.orElseThrow().wsUrl(),
            "USER",
            actor);
    Environment environment =
        new Environment(
            variables,
            folder.resolve(actor),
            folder,
            InputStream.nullInputStream(),
            Optional.empty());
    return new Context(environment, new Terminal(out, err, false, variables), clock);
  }

  /// Runs a command as an actor.
  ///
  /// @return what it printed to stdout
  String run(String actor, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Context context =
        context(
            actor,
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    int exit = Cli.run(context, arguments);
    if (exit != 0) {
      throw new IllegalStateException(
          "claudemesh "
              + String.join(" ", arguments)
              + " ended with "
              + exit
              + ": "
              + err.toString(StandardCharsets.UTF_8));
    }
    return out.toString(StandardCharsets.UTF_8).strip();
  }

  @Override
  public void close() {
    clear();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // It runs already: then it waits for us, and finds nothing left to do.
      return;
    }
  }

  private synchronized void clear() {
    if (cleared) {
      return;
    }
    cleared = true;
    for (AutoCloseable part : toClose.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        // The folder goes whatever a client has to say.
        continue;
      }
    }
    broker.ifPresent(Broker::close);
    try {
      remove(folder);
    } catch (IOException e) {
      System.err.println(
          "claudemesh: " + folder + " could not be removed; it holds nothing but this demo");
    }
  }

  private static void remove(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
