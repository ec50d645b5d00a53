package dev.claudemesh.db;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Lets one process at a time use a folder. The operating system gives the lock back when the
/// process dies, however it dies.
final class FolderLock implements AutoCloseable {

  /// Folders locked by this JVM. The lock file must not be opened a second time by a process that
  /// holds it: closing that second file would release the lock (POSIX).
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final PostgresFolder folder;
  private final FileChannel channel;

  private FolderLock(PostgresFolder folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /// Takes the lock, or throws an [EmbeddedPostgresException] that names the process which holds
  /// it.
  static FolderLock take(PostgresFolder folder) {
    if (!HELD_HERE.add(folder.root())) {
      throw taken(folder, "this process");
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(folder.lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (channel.tryLock() == null) {
        throw taken(folder, holder(folder));
      }
      Files.writeString(folder.ownerFile(), Long.toString(ProcessHandle.current().pid()));
      return new FolderLock(folder, channel);
    } catch (IOException e) {
      abandon(folder, channel);
      throw new EmbeddedPostgresException(
          "The data folder " + folder.root() + " cannot be locked: " + e.getMessage(), e);
    } catch (EmbeddedPostgresException e) {
      abandon(folder, channel);
      throw e;
    }
  }

  private static void abandon(PostgresFolder folder, FileChannel channel) {
    HELD_HERE.remove(folder.root());
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException ignored) {
        // The caller already throws the reason; an unreadable lock file adds nothing to it.
      }
    }
  }

  private static String holder(PostgresFolder folder) {
    try {
      return "process " + Files.readString(folder.ownerFile()).strip();
    } catch (IOException e) {
      return "another process";
    }
  }

  private static EmbeddedPostgresException taken(PostgresFolder folder, String holder) {
    return new EmbeddedPostgresException(
        "The data folder "
            + folder.root().getParent()
            + " is in use by "
            + holder
            + ". Stop that broker, or give this one a data folder of its own.");
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(folder.ownerFile());
      channel.close();
    } catch (IOException e) {
      throw new EmbeddedPostgresException(
          "The lock on " + folder.root() + " could not be released: " + e.getMessage(), e);
    } finally {
      HELD_HERE.remove(folder.root());
    }
  }
}
