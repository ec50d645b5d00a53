package dev.claudemesh.cli.doctor;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.Environment;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The broker that was run on this machine, if there was one: its folder, and the PostgreSQL in it.
final class BrokerChecks {
  private static final String MAJOR = "18";

  private final Path data;

  BrokerChecks(Context context) {
    Environment environment = context.environment();
    this.data =
        environment
            .variable("CLAUDEMESH_DATA")
            .map(Path::of)
            .orElseGet(() -> environment.home().resolve(".claudemesh").resolve("broker"));
  }

  List<Finding> findings() {
    Path postgres = data.resolve("postgres");
    if (!Files.isDirectory(postgres)) {
      return List.of(
          Finding.good("local_broker", "No broker was run here with a PostgreSQL of its own"));
    }
    try {
      return List.of(of(postgres));
    } catch (IOException e) {
      return List.of(
          Finding.bad(
              "local_broker",
              ExitCode.PERMISSION,
              postgres + " cannot be read",
              "check whom it belongs to; the broker runs as its owner"));
    }
  }

  private Finding of(Path postgres) throws IOException {
    Path cluster = postgres.resolve("cluster");
    Optional<String> wide = PrivateFiles.tooWide(cluster);
    if (wide.isPresent()) {
      return Finding.bad(
          "local_broker",
          ExitCode.PERMISSION,
          cluster + " can be reached by others (" + wide.get() + "); PostgreSQL refuses to start",
          "chmod go= '" + cluster + "'");
    }
    Path version = cluster.resolve("PG_VERSION");
    if (!Files.isRegularFile(version)) {
      return Finding.bad(
          "local_broker",
          ExitCode.INTERNAL,
          cluster + " is not a PostgreSQL folder any more",
          "bring it back from a backup, or put it aside: mv '"
              + postgres
              + "' '"
              + postgres
              + ".broken'");
    }
    String major = Files.readString(version).strip();
    if (!major.equals(MAJOR)) {
      return Finding.bad(
          "local_broker",
          ExitCode.INTERNAL,
          cluster + " was made by PostgreSQL " + major + "; this claudemesh brings " + MAJOR,
          "run the claudemesh it was made with, or start with another --data");
    }
    Optional<Long> owner = owner(postgres.resolve("owner.pid"));
    return Finding.good(
        "local_broker",
        owner
            .map(pid -> "A broker runs here (process " + pid + ") and keeps its data in " + data)
            .orElse("A broker keeps its data in " + data + "; it does not run now"));
  }

  private static Optional<Long> owner(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file).strip();
    return text.matches("\\d{1,18}")
        ? Optional.of(Long.parseLong(text)).filter(pid -> ProcessHandle.of(pid).isPresent())
        : Optional.empty();
  }
}
