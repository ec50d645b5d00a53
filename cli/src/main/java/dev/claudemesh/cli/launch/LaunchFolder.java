package dev.claudemesh.cli.launch;

import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.ConfigFile;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;

/// The config folder of one launched session: only its mesh, with the name and groups chosen for
/// it. What must outlast the session (its key, its mail) is in the real folder, to which it leads;
/// mesh keys that came meanwhile go back there when it ends.
final class LaunchFolder implements AutoCloseable {
  private static final String[] LASTING = {"sessions", "mail", "approvers"};

  private final Path path;
  private final ConfigFile real;
  private final String meshId;

  private LaunchFolder(Path path, ConfigFile real, String meshId) {
    this.path = path;
    this.real = real;
    this.meshId = meshId;
  }

  /// Makes the folder; those of sessions that were killed are removed.
  static LaunchFolder make(ConfigFolder folder, ConfigFile real, Config config, Membership mesh)
      throws IOException {
    Path all = folder.path().resolve("launch");
    PrivateFiles.createFolder(all);
    removeDead(all);
    Path path = all.resolve(ProcessHandle.current().pid() + "-" + UUID.randomUUID());
    PrivateFiles.createFolder(path);
    for (String name : LASTING) {
      PrivateFiles.createFolder(folder.path().resolve(name));
      Files.createSymbolicLink(path.resolve(name), folder.path().resolve(name));
    }
    Path policy = folder.path().resolve("policy.yaml");
    if (Files.exists(policy)) {
      Files.createSymbolicLink(path.resolve("policy.yaml"), policy);
    }
    PrivateFiles.write(path.resolve("config.json"), config.only(mesh.meshId()).text());
    return new LaunchFolder(path, real, mesh.meshId());
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    Config own = new ConfigFile(path, warning -> {}).read();
    own.byId(meshId)
        .ifPresent(
            mesh -> mesh.keys().forEach(key -> real.update(config -> config.withKey(meshId, key))));
    remove(path);
  }

  private static void removeDead(Path all) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(all)) {
      for (Path folder : folders) {
        String pid = folder.getFileName().toString().replaceFirst("-.*", "");
        if (pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
          remove(folder);
        }
      }
    }
  }

  /// Symbolic links are removed, never followed.
  private static void remove(Path folder) throws IOException {
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
