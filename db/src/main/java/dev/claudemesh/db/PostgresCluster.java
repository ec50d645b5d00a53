package dev.claudemesh.db;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Consumer;

/// The data of the private PostgreSQL: made once, then checked at every start.
record PostgresCluster(PostgresFolder folder, RunAs runAs, PostgresBinaries binaries) {

  /// The major version this build is pinned to: PostgreSQL cannot read the data of another one.
  static final int MAJOR = 18;

  static final String USER = "claudemesh";

  private static final Duration INITDB_LIMIT = Duration.ofMinutes(2);

  /// Makes the cluster if there is none yet. A half-made one, from a start that was killed, is
  /// thrown away first.
  void prepare(Consumer<String> progress) {
    try {
      checkBinaries();
      PostgresFolder.deleteTree(folder.newCluster());
      Files.deleteIfExists(folder.initialPasswordFile());
      if (!Files.exists(folder.cluster())) {
        progress.accept("Creating the database in " + folder.root());
        create();
      }
      checkVersion();
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "The database folder " + folder.root() + " cannot be used: " + e.getMessage(), e);
    }
  }

  DatabasePassword password() {
    try {
      return new DatabasePassword(Files.readString(folder.passwordFile()).strip());
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "The database password in "
              + folder.passwordFile()
              + " cannot be read. Put the file back, or start with another data folder.",
          e);
    }
  }

  private void checkBinaries() {
    int major = PostgresBinaries.majorVersion(runAs.version(binaries));
    if (major != MAJOR) {
      throw new EmbeddedPostgresException(
          "The PostgreSQL on the class path is version "
              + major
              + ", this build needs "
              + MAJOR
              + ".");
    }
  }

  private void checkVersion() throws IOException {
    String found = Files.readString(folder.cluster().resolve("PG_VERSION")).strip();
    if (!found.equals(Integer.toString(MAJOR))) {
      throw new EmbeddedPostgresException(
          "The data in "
              + folder.cluster()
              + " was written by PostgreSQL "
              + found
              + ", this build has "
              + MAJOR
              + ". Use the claudemesh that wrote it, or move the data to a PostgreSQL server and"
              + " set DATABASE_URL.");
    }
  }

  private void create() throws IOException {
    writePrivately(folder.passwordFile(), randomPassword());
    Path handover = folder.initialPasswordFile();
    Files.copy(folder.passwordFile(), handover, StandardCopyOption.COPY_ATTRIBUTES);
    runAs.own(handover);
    Files.createDirectory(
        folder.newCluster(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    runAs.own(folder.newCluster());
    Command.Result result = Command.run(runAs.command(initdb(handover)), INITDB_LIMIT);
    Files.deleteIfExists(handover);
    if (!result.ok()) {
      throw new EmbeddedPostgresException(
          "The database could not be created in " + folder.root() + ": " + result.output());
    }
    Files.move(folder.newCluster(), folder.cluster(), StandardCopyOption.ATOMIC_MOVE);
  }

  private List<String> initdb(Path passwordFile) {
    return List.of(
        binaries.initdb().toString(),
        "--pgdata=" + folder.newCluster(),
        "--username=" + USER,
        "--pwfile=" + passwordFile,
        "--auth=scram-sha-256",
        "--data-checksums",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions");
  }

  private static String randomPassword() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static void writePrivately(Path file, String text) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, List.of(text), StandardOpenOption.WRITE, StandardOpenOption.SYNC);
  }

  /// The server's command line. No socket files, nothing but loopback, and no row contents in its
  /// log.
  List<String> serverCommand(int port, EmbeddedPostgresConfig config) {
    String flush = config.durable() ? "on" : "off";
    List<String> command =
        new ArrayList<>(
            List.of(
                binaries.postgres().toString(),
                "-D",
                folder.cluster().toString(),
                "-p",
                Integer.toString(port)));
    for (String setting :
        List.of(
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "password_encryption=scram-sha-256",
            "fsync=" + flush,
            "synchronous_commit=" + flush,
            "full_page_writes=" + flush,
            "max_connections=" + config.maxConnections(),
            "timezone=UTC",
            "log_timezone=UTC",
            "log_error_verbosity=terse",
            "log_min_error_statement=panic",
            "log_checkpoints=off")) {
      command.addAll(List.of("-c", setting));
    }
    return runAs.commandUntilWeEnd(List.copyOf(command));
  }

  /// True when the server with this process number says that it takes connections.
  boolean ready(long pid) {
    try {
      List<String> lines = Files.readAllLines(folder.cluster().resolve("postmaster.pid"));
      return lines.size() >= 8
          && lines.getFirst().strip().equals(Long.toString(pid))
          && lines.get(7).strip().equals("ready");
    } catch (IOException notYet) {
      return false;
    }
  }
}
