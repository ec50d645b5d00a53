package dev.claudemesh.db;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/// A log file that is moved aside when it is full; two files are kept. Also remembers the last few
/// lines for error messages.
///
/// When the disk refuses a write, the text is dropped: the program that talks must never wait for
/// its log.
final class RollingLog implements AutoCloseable {

  private static final int MOST_TAIL = 4096;

  private final Path file;
  private final long mostBytes;
  private OutputStream out;
  private long size;
  private byte[] tail = new byte[0];

  RollingLog(Path file, long mostBytes) throws IOException {
    this.file = file;
    this.mostBytes = mostBytes;
    this.size = Files.exists(file) ? Files.size(file) : 0;
    this.out = open();
  }

  private OutputStream open() throws IOException {
    if (Files.notExists(file)) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    return Files.newOutputStream(file, StandardOpenOption.APPEND);
  }

  synchronized void append(byte[] bytes, int length) {
    byte[] joined = Arrays.copyOf(tail, tail.length + length);
    System.arraycopy(bytes, 0, joined, tail.length, length);
    tail = Arrays.copyOfRange(joined, Math.max(0, joined.length - MOST_TAIL), joined.length);
    try {
      if (size + length > mostBytes) {
        out.close();
        Files.move(
            file,
            file.resolveSibling(file.getFileName() + ".1"),
            StandardCopyOption.REPLACE_EXISTING);
        out = open();
        size = 0;
      }
      out.write(bytes, 0, length);
      size += length;
    } catch (IOException dropped) {
      // See the class comment: losing log text is better than stopping the database.
    }
  }

  /// The last lines that were written since this object exists.
  synchronized String tail() {
    return new String(tail, StandardCharsets.UTF_8).strip();
  }

  @Override
  public synchronized void close() throws IOException {
    out.close();
  }
}
