package dev.claudemesh.db;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;

/// Where the private PostgreSQL keeps its things: `<data folder>/postgres`.
///
/// ```
/// lock, owner.pid   one broker at a time, and which one
/// password          of the database user, readable by us only
/// binaries-…        the unpacked server
/// cluster           the data, owned by whoever the server runs as
/// server.log, .1    what the server says, limited in size
/// ```
record PostgresFolder(Path root) {

  /// Finds or makes the folder. With `sharedPath`, other users may pass through it (not list it),
  /// because the server runs as one.
  static PostgresFolder open(Path dataDir, boolean sharedPath) {
    try {
      Path root = dataDir.toAbsolutePath().normalize().resolve("postgres");
      Files.createDirectories(root);
      Files.setPosixFilePermissions(
          root, PosixFilePermissions.fromString(sharedPath ? "rwx--x--x" : "rwx------"));
      return new PostgresFolder(root.toRealPath());
    } catch (IOException | UnsupportedOperationException e) {
      throw new EmbeddedPostgresException(
          "The data folder "
              + dataDir
              + " cannot be used ("
              + e.getMessage()
              + "). Start as the user it belongs to, or choose another folder.",
          e);
    }
  }

  Path cluster() {
    return root.resolve("cluster");
  }

  Path newCluster() {
    return root.resolve("cluster.new");
  }

  Path passwordFile() {
    return root.resolve("password");
  }

  Path initialPasswordFile() {
    return root.resolve("password.init");
  }

  Path lockFile() {
    return root.resolve("lock");
  }

  Path ownerFile() {
    return root.resolve("owner.pid");
  }

  Path log() {
    return root.resolve("server.log");
  }

  /// Deletes a folder and all in it; nothing happens if it is not there.
  static void deleteTree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (var paths = Files.walk(folder)) {
      paths.sorted(Comparator.reverseOrder()).forEach(PostgresFolder::delete);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
