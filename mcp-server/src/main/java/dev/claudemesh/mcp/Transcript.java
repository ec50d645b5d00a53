package dev.claudemesh.mcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// The session's own record of what it was shown. Read at its end only, and only to learn whether a
/// message that was pushed got there without the prompt hook, as one that reaches a session in the
/// middle of a turn does.
final class Transcript {
  private static final int TAIL_BYTES = 2 << 20;

  private Transcript() {}

  /// Those of the ids that stand in the last 2 MiB of the file, in what the session was shown. A
  /// file that cannot be read holds none.
  static Set<String> containing(Path file, Collection<String> ids) {
    if (ids.isEmpty()) {
      return Set.of();
    }
    List<String> shown = tail(file).lines().filter(Transcript::isShown).toList();
    return ids.stream()
        .filter(id -> shown.stream().anyMatch(line -> line.contains(id)))
        .collect(Collectors.toSet());
  }

  /// A prompt that only waits in the queue, or that a hook held back, is written down too.
  private static boolean isShown(String line) {
    return !line.contains("\"type\":\"queue-operation\"")
        && !line.contains("\"subtype\":\"informational\"");
  }

  private static String tail(Path file) {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      channel.position(Math.max(0, channel.size() - TAIL_BYTES));
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(TAIL_BYTES, channel.size()));
      while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
        // read on until the end or the limit
      }
      return StandardCharsets.ISO_8859_1.decode(bytes.flip()).toString();
    } catch (IOException e) {
      return "";
    }
  }
}
