package dev.claudemesh.bench.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.HdrHistogram.Histogram;

/// How long the disk itself takes to keep something: 8 KB appended and `fdatasync`, again and
/// again.
public final class DiskSync {
  private static final int BYTES = 8_192;
  private static final int TIMES = 200;

  private DiskSync() {}

  /// Measures in a folder, where it leaves nothing. Takes a fraction of a second on a good disk.
  public static Histogram measure(Path folder) throws IOException {
    Histogram histogram = new Histogram(1_000, 60_000_000_000L, 3);
    Path file = Files.createTempFile(folder, "sync", ".bench");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(BYTES);
      for (int i = 0; i < TIMES; i++) {
        long before = System.nanoTime();
        channel.write(block.clear());
        channel.force(false);
        histogram.recordValue(System.nanoTime() - before);
      }
    } finally {
      Files.delete(file);
    }
    return histogram;
  }
}
