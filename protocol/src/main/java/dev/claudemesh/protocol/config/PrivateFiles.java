package dev.claudemesh.protocol.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Files only their owner may read, replaced in one step so that a crash leaves the old or the new
/// one, never half of one.
public final class PrivateFiles {
  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  private static final Set<PosixFilePermission> FILE_MODE =
      PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> FOLDER_MODE =
      PosixFilePermissions.fromString("rwx------");
  private static final int STICKY = 01000;

  private PrivateFiles() {}

  /// Writes a text into a file of mode 0600, whose folder is made (0700) if it is not there. A
  /// symbolic link stays and its target is replaced.
  public static void write(Path file, String text) throws IOException {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /// The same with bytes.
  public static void write(Path file, byte[] content) throws IOException {
    Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file;
    createFolder(target.toAbsolutePath().getParent());
    Path next = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      Files.createFile(next, attributes(FILE_MODE));
      try (FileChannel channel = FileChannel.open(next, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(next);
    }
  }

  /// Makes a folder of mode 0700, and those above it that are missing, if it is not there.
  public static void createFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    if (folder.getParent() != null) {
      createFolder(folder.getParent());
    }
    try {
      Files.createDirectory(folder, attributes(FOLDER_MODE));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    }
  }

  /// Opens a lock file of mode 0600.
  static FileChannel openLock(Path file) throws IOException {
    createFolder(file.toAbsolutePath().getParent());
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE), attributes(FILE_MODE));
  }

  /// What others may do with a file or folder of ours that they should not, as `rwxr-xr-x`; empty
  /// if nothing, or where there are no such modes.
  public static Optional<String> tooWide(Path path) throws IOException {
    if (!POSIX || !Files.exists(path)) {
      return Optional.empty();
    }
    Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
    return FOLDER_MODE.containsAll(mode)
        ? Optional.empty()
        : Optional.of(PosixFilePermissions.toString(mode));
  }

  /// Takes from others what they may do with a file or folder. Shared folders such as `/tmp`, and
  /// what belongs to somebody else, are left alone.
  ///
  /// @return whether something changed
  public static boolean narrowDown(Path path) throws IOException {
    if (tooWide(path).isEmpty() || isShared(path)) {
      return false;
    }
    Set<PosixFilePermission> kept = Files.getPosixFilePermissions(path);
    kept.retainAll(FOLDER_MODE);
    Files.setPosixFilePermissions(path, kept);
    return true;
  }

  private static boolean isShared(Path path) throws IOException {
    String owner = Files.getOwner(path).getName();
    boolean sticky =
        Files.isDirectory(path) && ((Integer) Files.getAttribute(path, "unix:mode") & STICKY) != 0;
    return sticky || !owner.equals(System.getProperty("user.name"));
  }

  private static FileAttribute<?>[] attributes(Set<PosixFilePermission> mode) {
    return POSIX
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)}
        : new FileAttribute<?>[0];
  }
}
