package dev.claudemesh.cli.upgrade;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/// A `tar.gz` whose content was checked already, unpacked. All of it stands in one folder of the
/// archive, and nothing of it lands outside of the folder that it is unpacked to.
///
/// At most 50,000 entries and 4 GiB.
final class Archive {
  private static final int MOST_ENTRIES = 50_000;
  private static final long MOST_BYTES = 4L << 30;
  private static final int EXECUTABLE = 0100;

  private final String top;
  private final Path to;
  private int entries;
  private long bytes;

  /// @param top the folder in the archive that holds everything
  /// @param to the folder that it becomes; there already, and empty
  Archive(String top, Path to) {
    this.top = top;
    this.to = to.toAbsolutePath().normalize();
  }

  /// @throws Problem `invalid_request` if it holds what does not belong there
  void unpack(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        entries++;
        bytes += entry.getSize();
        if (entries > MOST_ENTRIES || bytes > MOST_BYTES) {
          throw refused("is too large");
        }
        write(entry, tar);
      }
    }
  }

  private void write(TarArchiveEntry entry, TarArchiveInputStream tar) throws IOException {
    Path path = place(entry.getName());
    if (entry.isDirectory()) {
      Files.createDirectories(path);
    } else if (entry.isSymbolicLink()) {
      Path target = path.getParent().resolve(entry.getLinkName()).normalize();
      if (Path.of(entry.getLinkName()).isAbsolute() || !target.startsWith(to)) {
        throw refused("has a link that leads out of it: " + entry.getName());
      }
      Files.createDirectories(path.getParent());
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else if (entry.isFile()) {
      Files.createDirectories(path.getParent());
      Files.copy(tar, path);
      Files.setPosixFilePermissions(
          path,
          PosixFilePermissions.fromString(
              (entry.getMode() & EXECUTABLE) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
    } else {
      throw refused("has something that is no file: " + entry.getName());
    }
  }

  private Path place(String name) throws IOException {
    if (!name.equals(top) && !name.startsWith(top + "/")) {
      throw refused("has something beside " + top + ": " + name);
    }
    Path path = to.resolve(name.substring(Math.min(name.length(), top.length() + 1))).normalize();
    if (!path.startsWith(to)) {
      throw refused("has something that leads out of it: " + name);
    }
    for (Path above = path.getParent();
        above != null && above.startsWith(to);
        above = above.getParent()) {
      if (Files.isSymbolicLink(above)) {
        throw refused("has something behind a link: " + name);
      }
    }
    return path;
  }

  private static Problem refused(String what) {
    return new Problem(
        ProblemCode.INVALID_REQUEST, "The archive " + what + ". Nothing was changed");
  }
}
