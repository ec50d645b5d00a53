package dev.claudemesh.protocol.client;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// Makes files and folders that nobody but their owner may read, from their first moment on. Where
/// there are no POSIX permissions, the folder's own apply.
final class OwnerOnly {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private OwnerOnly() {}

  /// @return whether it was made; one that exists is made the owner's only
  static boolean createFile(Path file) throws IOException {
    boolean posix = posix(file);
    try {
      Files.createFile(file, posix ? attributes(FILE) : new FileAttribute<?>[0]);
      return true;
    } catch (FileAlreadyExistsException e) {
      if (posix) {
        Files.setPosixFilePermissions(file, FILE);
      }
      return false;
    }
  }

  static void createFolder(Path folder) throws IOException {
    Files.createDirectories(folder, posix(folder) ? attributes(FOLDER) : new FileAttribute<?>[0]);
  }

  private static boolean posix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static FileAttribute<?>[] attributes(Set<PosixFilePermission> permissions) {
    return new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
  }
}
