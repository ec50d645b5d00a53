package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/// An append-only file of JSON objects, one a line, each behind its checksum. What was appended
/// survives the process when the call returns, and the machine after {@link #sync}.
///
/// One process at a time: a lock file beside it says so. A last line that was torn by a crash is
/// cut off; a line that does not check is left out. Files are the owner's only. Thread-safe; nobody
/// waits for somebody else's sync but another who syncs, so that one serves all who wait. Blocking
/// file calls rather than channels: an interrupted caller must not close the file for all.
final class Journal implements AutoCloseable {
  /// What a line may hold at most; a longer one is not ours.
  private static final int MAX_LINE = 8 << 20;

  private static final int CHECKSUM = 8;

  private final Path file;
  private final RandomAccessFile lockFile;
  private final FileLock lock;
  private RandomAccessFile open;
  private long end;
  private long synced;
  private boolean damaged;
  private final Object syncing = new Object();

  private Journal(Path file, RandomAccessFile lockFile, FileLock lock) {
    this.file = file;
    this.lockFile = lockFile;
    this.lock = lock;
  }

  /// Opens or makes the file and hands over what is in it, oldest first.
  ///
  /// @throws Problem `busy` if another process has it open, `internal` if it cannot be read or
  ///   written
  static Journal open(Path file, Consumer<ObjectNode> replay) {
    try {
      OwnerOnly.createFolder(file.toAbsolutePath().getParent());
      Path beside = file.resolveSibling(file.getFileName() + ".lock");
      OwnerOnly.createFile(beside);
      RandomAccessFile lockFile = new RandomAccessFile(beside.toFile(), "rw");
      Optional<FileLock> lock = tryLock(lockFile);
      if (lock.isEmpty()) {
        lockFile.close();
        throw new Problem(
            ProblemCode.BUSY,
            "Another claudemesh process has "
                + file
                + " open. End it, or give this session a configuration folder of its own.");
      }
      Journal journal = new Journal(file, lockFile, lock.get());
      try {
        journal.read(replay);
      } catch (IOException | RuntimeException e) {
        journal.close();
        throw e;
      }
      return journal;
    } catch (IOException e) {
      throw cannot("open", file, e);
    }
  }

  private static Optional<FileLock> tryLock(RandomAccessFile lockFile) throws IOException {
    try {
      return Optional.ofNullable(lockFile.getChannel().tryLock());
    } catch (OverlappingFileLockException e) {
      return Optional.empty();
    }
  }

  private void read(Consumer<ObjectNode> replay) throws IOException {
    Files.deleteIfExists(successor());
    boolean fresh = OwnerOnly.createFile(file);
    open = new RandomAccessFile(file.toFile(), "rw");
    if (fresh) {
      syncFolder();
    }
    try (InputStream in =
        new BufferedInputStream(
            Channels.newInputStream(FileChannel.open(file, StandardOpenOption.READ)), 1 << 16)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long position = 0;
      for (int next = in.read(); next >= 0; next = in.read()) {
        position++;
        if (next != '\n') {
          if (line.size() <= MAX_LINE) {
            line.write(next);
          }
          continue;
        }
        end = position;
        damaged |= !replayed(line.toString(StandardCharsets.UTF_8), replay);
        line.reset();
      }
    }
    if (open.length() > end) {
      open.setLength(end);
      open.getFD().sync();
    }
    open.seek(end);
    synced = end;
  }

  private static boolean replayed(String line, Consumer<ObjectNode> replay) {
    try {
      Optional<ObjectNode> entry = parse(line);
      entry.ifPresent(replay);
      return entry.isPresent();
    } catch (Problem e) {
      return false; // written by a version that kept other fields: left out, like a line that does
      // not check
    }
  }

  private static Optional<ObjectNode> parse(String line) {
    if (line.length() <= CHECKSUM + 1 || line.charAt(CHECKSUM) != ' ') {
      return Optional.empty();
    }
    String json = line.substring(CHECKSUM + 1);
    if (!line.startsWith(checksum(json))) {
      return Optional.empty();
    }
    try {
      return Wire.mapper().readTree(json) instanceof ObjectNode object
          ? Optional.of(object)
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static String checksum(String json) {
    CRC32C crc = new CRC32C();
    crc.update(json.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().toHexDigits((int) crc.getValue());
  }

  private static byte[] line(ObjectNode entry) {
    String json = Wire.mapper().writeValueAsString(entry);
    return (checksum(json) + " " + json + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /// Writes an entry.
  ///
  /// @throws Problem `internal` if it could not be written; then it is not in the file
  synchronized void append(ObjectNode entry) {
    byte[] line = line(entry);
    try {
      open.write(line);
      end += line.length;
    } catch (IOException e) {
      cutBack(e);
      throw cannot("write", file, e);
    }
  }

  /// Makes all that was appended before outlive the machine's next power failure.
  ///
  /// @throws Problem `internal` if the disk did not take it; what was appended since the last sync
  ///   may be lost then, also to the next sync
  void sync() {
    synchronized (syncing) {
      RandomAccessFile file;
      long reached;
      synchronized (this) {
        if (synced == end) {
          return;
        }
        file = open;
        reached = end;
      }
      try {
        file.getFD().sync();
        synced(file, reached);
      } catch (IOException e) {
        synchronized (this) {
          if (file == open) {
            throw cannot("sync", this.file, e);
          }
        }
      }
    }
  }

  /// A file that was rewritten meanwhile is synced as a whole.
  private synchronized void synced(RandomAccessFile file, long reached) {
    if (file == open) {
      synced = reached;
    }
  }

  /// Half a line must not be glued to the next one.
  private void cutBack(IOException cause) {
    try {
      open.setLength(end);
      open.seek(end);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  /// Replaces everything by these entries, in one step as seen by a crash.
  synchronized void rewrite(List<ObjectNode> entries) {
    try {
      Path next = successor();
      Files.deleteIfExists(next);
      OwnerOnly.createFile(next);
      try (RandomAccessFile out = new RandomAccessFile(next.toFile(), "rw")) {
        for (ObjectNode entry : entries) {
          out.write(line(entry));
        }
        out.getFD().sync();
      }
      open.close();
      try {
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder();
      } finally {
        open = new RandomAccessFile(file.toFile(), "rw");
        end = open.length();
        synced = end;
        open.seek(end);
      }
      damaged = false;
    } catch (IOException e) {
      throw cannot("rewrite", file, e);
    }
  }

  private Path successor() {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  /// Makes a new name last. Where folders cannot be synced (Windows), the file system does it by
  /// itself.
  private void syncFolder() {
    try (FileChannel folder =
        FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      if (!System.getProperty("os.name", "").startsWith("Windows")) {
        throw cannot("sync the folder of", file, e);
      }
    }
  }

  synchronized long bytes() {
    return end;
  }

  /// Whether lines were left out because they did not check.
  synchronized boolean damaged() {
    return damaged;
  }

  /// Syncs and closes. A file that cannot be synced any more is closed all the same.
  @Override
  public synchronized void close() {
    try {
      if (open != null) {
        if (synced < end) {
          open.getFD().sync();
          synced = end;
        }
        open.close();
      }
      if (lock.isValid()) {
        lock.release();
      }
      lockFile.close();
    } catch (IOException e) {
      throw cannot("close", file, e);
    }
  }

  private static Problem cannot(String verb, Path file, IOException cause) {
    return new Problem(
        ProblemCode.INTERNAL,
        "Cannot "
            + verb
            + " "
            + file
            + ": "
            + cause.getMessage()
            + ". See that the disk has room and the folder is yours.");
  }
}
