package dev.claudemesh.bench.mesh;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What is alive in another JVM, asked by `jcmd`, which makes it collect its garbage first.
final class Heap {
  private Heap() {}

  /// Bytes of all live objects.
  ///
  /// @throws IOException if the process cannot be asked
  static long liveBytes(long pid) throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    List<String> lines = jcmd.inputReader().lines().toList();
    jcmd.waitFor();
    return lines.stream()
        .filter(line -> line.startsWith("Total"))
        .map(line -> line.strip().split("\\s+"))
        .filter(words -> words.length == 3)
        .mapToLong(words -> Long.parseLong(words[2]))
        .findFirst()
        .orElseThrow(() ->
            new IOException(
                "jcmd told nothing of process " + pid + ": " + String.join(" ", lines)));
  }
}
