package dev.claudemesh.bench.faults;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// What one peer did and saw, a line each, in its order. Thread-safe.
///
/// Each line is given to the kernel at once: a killed process has lost nothing that it wrote. It
/// need not survive the machine, so nothing is synced. A kill in the middle of a line leaves half a
/// line, which counts as not written; the next process ends it.
final class Ledger implements AutoCloseable {
  private final FileOutputStream file;

  private Ledger(FileOutputStream file) {
    this.file = file;
  }

  static Ledger open(Path path) {
    try {
      boolean torn = torn(path);
      Ledger ledger = new Ledger(new FileOutputStream(path.toFile(), true));
      if (torn) {
        ledger.file.write('\n');
      }
      return ledger;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean torn(Path path) throws IOException {
    if (!Files.exists(path) || Files.size(path) == 0) {
      return false;
    }
    try (RandomAccessFile read = new RandomAccessFile(path.toFile(), "r")) {
      read.seek(read.length() - 1);
      return read.read() != '\n';
    }
  }

  synchronized void write(Entry entry) {
    try {
      file.write((entry.line() + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What stands in a ledger; nothing if there is none.
  static List<Entry> read(Path path) {
    List<Entry> entries = new ArrayList<>();
    try {
      if (Files.exists(path)) {
        for (String line : Files.readAllLines(path, StandardCharsets.UTF_8)) {
          Entry.parse(line).ifPresent(entries::add);
        }
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
