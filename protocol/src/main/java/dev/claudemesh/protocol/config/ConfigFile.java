package dev.claudemesh.protocol.config;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// `config.json` of one config folder. Thread-safe, and safe against other processes that write it
/// too: changes are made under a lock, one after the other.
public final class ConfigFile {
  private static final Duration LOCK_WAIT = Duration.ofSeconds(10);
  private static final Duration LOCK_RETRY = Duration.ofMillis(20);

  /// A file lock is held by a process, so its threads need one of their own.
  private static final ReentrantLock IN_PROCESS = new ReentrantLock();

  private final Path folder;
  private final Consumer<String> warn;

  /// @param warn told what was mended, such as a file that others could read
  public ConfigFile(Path folder, Consumer<String> warn) {
    this.folder = folder;
    this.warn = warn;
  }

  public Path path() {
    return folder.resolve("config.json");
  }

  public Path folder() {
    return folder;
  }

  /// Reads the file; one that is not there counts as empty.
  ///
  /// @throws Problem `invalid` if it is not JSON
  public Config read() {
    narrowDown();
    return text().map(text -> Config.parse(text, path().toString())).orElseGet(Config::empty);
  }

  /// Changes the file under its lock.
  ///
  /// @return what it holds now
  /// @throws Problem `invalid` if it is not JSON, `busy` if the lock is not to be had, `forbidden`
  ///   if it cannot be written; then nothing changed
  public Config update(UnaryOperator<Config> change) {
    narrowDown();
    return underLock(() -> {
      Optional<String> text = text();
      Config before =
          text.map(json -> Config.parse(json, path().toString())).orElseGet(Config::empty);
      Config after = change.apply(before);
      if (text.isEmpty() || !after.equals(before)) {
        PrivateFiles.write(path(), after.text());
      }
      return after;
    });
  }

  private Optional<String> text() {
    try {
      return Optional.of(Files.readString(path(), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private void narrowDown() {
    for (Path path : new Path[] {folder, path()}) {
      try {
        Optional<String> mode = PrivateFiles.tooWide(path);
        if (mode.isPresent() && PrivateFiles.narrowDown(path)) {
          warn.accept(path + " could be reached by others (" + mode.get() + "); now only you can");
        }
      } catch (IOException e) {
        warn.accept(
            path
                + " could be reached by others, and that could not be changed; run chmod go= "
                + path);
      }
    }
  }

  private interface Action<T> {
    T run() throws IOException;
  }

  private <T> T underLock(Action<T> action) {
    long deadline = System.nanoTime() + LOCK_WAIT.toNanos();
    try {
      if (!IN_PROCESS.tryLock(LOCK_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw busy();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw busy();
    }
    try (FileChannel channel = PrivateFiles.openLock(folder.resolve("config.lock"));
        FileLock lock = lock(channel, deadline)) {
      assert lock.isValid();
      return action.run();
    } catch (IOException e) {
      throw unusable(e);
    } finally {
      IN_PROCESS.unlock();
    }
  }

  private FileLock lock(FileChannel channel, long deadline) throws IOException {
    for (FileLock lock = channel.tryLock(); ; lock = channel.tryLock()) {
      if (lock != null) {
        return lock;
      }
      if (System.nanoTime() > deadline || Thread.interrupted()) {
        throw busy();
      }
      LockSupport.parkNanos(LOCK_RETRY.toNanos());
    }
  }

  private Problem busy() {
    return new Problem(
        ProblemCode.BUSY,
        "Another claudemesh process holds "
            + folder.resolve("config.lock")
            + "; try again in a moment");
  }

  private Problem unusable(IOException e) {
    return new Problem(
        ProblemCode.FORBIDDEN,
        path()
            + " cannot be used ("
            + e.getClass().getSimpleName()
            + "); check that "
            + folder
            + " belongs to you and the disk is not full");
  }
}
