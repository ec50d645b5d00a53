package dev.claudemesh.protocol.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;

/// A private folder that holds native libraries unpacked from the class path, so that a start need
/// not unpack them again.
///
/// A library is loaded only from a folder that nobody else can write to, and only if its bytes are
/// those of the class path. Its file name carries their checksum, so that versions stand side by
/// side and an update never overwrites a file in use.
final class NativeFolder {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private final Path folder;

  private NativeFolder(Path folder) {
    this.folder = folder;
  }

  /// Where libraries are kept: the folder that was asked for, else the one beside the
  /// configuration.
  static Path preferred() {
    String asked = System.getProperty("claudemesh.native.dir", "");
    if (!asked.isBlank()) {
      return Path.of(asked);
    }
    return Optional.ofNullable(System.getenv("CLAUDEMESH_CONFIG_DIR"))
        .filter(folder -> !folder.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".claudemesh"))
        .resolve("native");
  }

  /// Makes the folder if need be.
  ///
  /// @throws IOException if it cannot be made, or somebody else could write to it
  static NativeFolder open(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath();
    if (absolute.toString().indexOf(java.io.File.pathSeparatorChar) >= 0) {
      throw new IOException(
          absolute
              + " cannot be searched for libraries: its name contains "
              + java.io.File.pathSeparator);
    }
    createPrivately(absolute);
    if (!Files.isDirectory(absolute, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(absolute + " is not a folder");
    }
    Path real = absolute.toRealPath();
    NativeFolder opened = new NativeFolder(real);
    opened.refuseIfShared();
    return opened;
  }

  /// A folder of this process alone, for machines whose home cannot be written to.
  static NativeFolder temporary() throws IOException {
    return new NativeFolder(Files.createTempDirectory("claudemesh-native-").toRealPath());
  }

  Path path() {
    return folder;
  }

  /// The file that holds a library, unpacked unless a faithful copy is already there.
  ///
  /// @param resource name on the class path, without a slash in front
  /// @param stem what the file name begins with, such as `libsodium`
  /// @param suffix what it ends with, such as `.so`
  Path provide(Class<?> beside, String resource, String stem, String suffix) throws IOException {
    byte[] wanted = read(beside, resource);
    Path file = folder.resolve(stem + "-" + checksum(wanted) + suffix);
    if (!holds(file, wanted)) {
      write(file, wanted);
    }
    return file;
  }

  private void write(Path file, byte[] contents) throws IOException {
    Path fresh = Files.createTempFile(folder, "unpacking-", ".tmp");
    try {
      Files.write(fresh, contents);
      moveOver(fresh, file);
    } finally {
      Files.deleteIfExists(fresh);
    }
    if (!holds(file, contents)) {
      throw new IOException(file + " changed while it was unpacked");
    }
  }

  private static void moveOver(Path fresh, Path file) throws IOException {
    try {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static boolean holds(Path file, byte[] wanted) throws IOException {
    return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
        && Files.size(file) == wanted.length
        && Arrays.equals(Files.readAllBytes(file), wanted);
  }

  /// Tells versions apart, no more: whether the file is the right one is seen by comparing it.
  private static String checksum(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static byte[] read(Class<?> beside, String resource) throws IOException {
    try (InputStream stream = beside.getResourceAsStream("/" + resource)) {
      if (stream == null) {
        throw new IOException("The class path has no " + resource);
      }
      return stream.readAllBytes();
    }
  }

  private static void createPrivately(Path folder) throws IOException {
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (folder.getParent() != null) {
      createPrivately(folder.getParent());
    }
    try {
      Files.createDirectory(folder);
      if (isPosix(folder)) {
        Files.setPosixFilePermissions(folder, OWNER_ONLY);
      }
    } catch (FileAlreadyExistsException madeMeanwhile) {
      // another process of ours was faster; whose the folder is gets checked next
    }
  }

  /// Windows keeps other users out of a home by its own rules; elsewhere the folder must be ours,
  /// and for us alone.
  private void refuseIfShared() throws IOException {
    if (!isPosix(folder)) {
      return;
    }
    Path probe = Files.createTempFile(folder, "owner-", ".tmp");
    try {
      if (!Files.getOwner(probe).equals(Files.getOwner(folder))) {
        throw new IOException(folder + " belongs to another user");
      }
    } finally {
      Files.deleteIfExists(probe);
    }
    if (!Files.getPosixFilePermissions(folder).equals(OWNER_ONLY)) {
      Files.setPosixFilePermissions(folder, OWNER_ONLY);
    }
  }

  private static boolean isPosix(Path path) {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  /// Removes a temporary folder once its libraries are loaded; where a file in use cannot be
  /// removed, when the process ends.
  void discard() {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (!file.toFile().delete()) {
          file.toFile().deleteOnExit();
        }
      }
      if (!folder.toFile().delete()) {
        folder.toFile().deleteOnExit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
