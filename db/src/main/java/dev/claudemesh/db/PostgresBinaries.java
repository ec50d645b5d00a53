package dev.claudemesh.db;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/// The PostgreSQL server programs, unpacked from the archive on the class path.
///
/// @param folder holds `bin`, `lib` and `share`
record PostgresBinaries(Path folder) {

  private static final String NEXT_STEP =
      " Set DATABASE_URL to use a PostgreSQL of your own instead.";

  private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) (\\d+)");

  Path postgres() {
    return folder.resolve("bin/postgres");
  }

  Path initdb() {
    return folder.resolve("bin/initdb");
  }

  /// Unpacks into a folder below `parent` whose name tells the archive's content, unless that was
  /// done before. Safe when two processes do it at once: each unpacks apart, and the first to
  /// finish puts its folder in place.
  static PostgresBinaries unpack(Path parent, Consumer<String> progress) {
    String name = archiveName(System.getProperty("os.name"), System.getProperty("os.arch"));
    URL archive = PostgresBinaries.class.getResource("/" + name);
    if (archive == null) {
      throw new EmbeddedPostgresException(
          "This build has no PostgreSQL for "
              + System.getProperty("os.name")
              + " on "
              + System.getProperty("os.arch")
              + "."
              + NEXT_STEP);
    }
    try {
      Path target = parent.resolve("binaries-" + fingerprint(archive));
      if (!Files.isDirectory(target)) {
        progress.accept("Unpacking PostgreSQL (once)");
        Files.createDirectories(parent);
        unpackTo(archive, target);
      }
      return new PostgresBinaries(target);
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "PostgreSQL could not be unpacked into " + parent + ": " + e.getMessage(), e);
    }
  }

  static String archiveName(String osName, String osArch) {
    String os = osName.toLowerCase(Locale.ROOT);
    String system = os.contains("mac") ? "darwin" : os.contains("win") ? "windows" : "linux";
    String machine =
        switch (osArch) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm_64";
          default -> osArch;
        };
    return "postgres-" + system + "-" + machine + ".txz";
  }

  /// The checksum that the jar keeps of the archive: another release of the binaries gets another
  /// folder.
  private static String fingerprint(URL archive) throws IOException {
    URLConnection connection = archive.openConnection();
    if (connection instanceof JarURLConnection jar) {
      return Long.toHexString(jar.getJarEntry().getCrc());
    }
    return Long.toHexString(connection.getContentLengthLong());
  }

  private static void unpackTo(URL archive, Path target) throws IOException {
    Path apart = Files.createTempDirectory(target.getParent(), "unpacking-");
    try {
      try (InputStream in = archive.openStream();
          TarArchiveInputStream tar =
              new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in)))) {
        for (TarArchiveEntry entry = tar.getNextEntry();
            entry != null;
            entry = tar.getNextEntry()) {
          unpackEntry(tar, entry, apart);
        }
      }
      Files.setPosixFilePermissions(apart, PosixFilePermissions.fromString("rwxr-xr-x"));
      putInPlace(apart, target);
    } finally {
      PostgresFolder.deleteTree(apart);
    }
  }

  private static void unpackEntry(TarArchiveInputStream tar, TarArchiveEntry entry, Path apart)
      throws IOException {
    Path path = apart.resolve(entry.getName()).normalize();
    if (!path.startsWith(apart)) {
      throw new IOException("the archive names a file outside of itself");
    }
    if (entry.isDirectory()) {
      Files.createDirectories(path);
    } else if (entry.isSymbolicLink()) {
      Files.createDirectories(path.getParent());
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else if (!entry
        .getName()
        .endsWith(".a")) { // static libraries are for compiling, not for running
      Files.createDirectories(path.getParent());
      Files.copy(tar, path, StandardCopyOption.REPLACE_EXISTING);
      boolean program = (entry.getMode() & 0111) != 0;
      Files.setPosixFilePermissions(
          path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  private static void putInPlace(Path apart, Path target) throws IOException {
    try {
      Files.move(apart, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      // Another process may have unpacked the same archive first; its folder is as good as ours.
      if (!Files.isDirectory(target)) {
        throw e;
      }
    }
  }

  /// The major version, as `postgres --version` prints it.
  static int majorVersion(String versionLine) {
    Matcher matcher = VERSION.matcher(versionLine);
    if (!matcher.find()) {
      throw new EmbeddedPostgresException(
          "PostgreSQL does not run on this machine: " + versionLine + "." + NEXT_STEP);
    }
    return Integer.parseInt(matcher.group(1));
  }
}
