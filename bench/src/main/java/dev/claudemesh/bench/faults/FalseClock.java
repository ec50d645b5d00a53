package dev.claudemesh.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The wall clock of one process, which can be put wrong from outside while it runs: a file says by
/// how many seconds. What only measures how long something takes stays right, as with a real clock
/// that is put.
///
/// Broker and client get their time handed in, so this needs no tricks below the JVM; libfaketime
/// was tried and makes a JVM start six times slower. The process looks every 200 ms. Thread-safe.
final class FalseClock implements InstantSource {
  private static final long LOOK_MILLIS = 200;

  private final Path file;
  private volatile long lookedAt = Long.MIN_VALUE / 2;
  private volatile Duration off = Duration.ZERO;

  FalseClock(Path file) {
    this.file = file;
  }

  @Override
  public Instant instant() {
    long now = Uptime.millis();
    if (now - lookedAt > LOOK_MILLIS) {
      off = look();
      lookedAt = now;
    }
    return Instant.now().plus(off);
  }

  private Duration look() {
    try {
      return Duration.ofSeconds(Long.parseLong(Files.readString(file).strip()));
    } catch (NoSuchFileException right) {
      return Duration.ZERO;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Puts the clock of whoever goes by this file.
  ///
  /// @param ahead negative if it is behind
  static void put(Path file, Duration ahead) {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(next, Long.toString(ahead.toSeconds()));
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
