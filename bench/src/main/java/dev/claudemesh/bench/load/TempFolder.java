package dev.claudemesh.bench.load;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A folder that goes when it is closed, also when a signal ends the run in the middle.
public final class TempFolder implements AutoCloseable {
  private static final int ATTEMPTS = 100;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Path path;
  private final Thread onSignal = Thread.ofPlatform().unstarted(this::removeInTheEnd);

  private TempFolder(Path path) {
    this.path = path;
  }

  /// Makes an empty one. A database that root starts runs as another user, who has to pass through.
  public static TempFolder in(Path parent) throws IOException {
    TempFolder folder = new TempFolder(Files.createTempDirectory(parent, "claudemesh-bench"));
    Files.setPosixFilePermissions(folder.path, PosixFilePermissions.fromString("rwx--x--x"));
    Runtime.getRuntime().addShutdownHook(folder.onSignal);
    return folder;
  }

  public Path path() {
    return path;
  }

  /// The brokers in it are ended at the same time, and write until they are gone.
  private void removeInTheEnd() {
    for (int attempt = 0; attempt < ATTEMPTS && Files.exists(path); attempt++) {
      try {
        remove();
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  @Override
  public void close() throws IOException {
    remove();
    try {
      Runtime.getRuntime().removeShutdownHook(onSignal);
    } catch (IllegalStateException e) {
      // It runs already, and finds nothing left to do.
      return;
    }
  }

  /// A process that was just ended may still take away its own files.
  private void remove() throws IOException {
    Files.walkFileTree(
        path,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw failure;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, IOException failure)
              throws IOException {
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
