package dev.claudemesh.mcp;

import java.io.IOException;
import java.io.Reader;

/// Reads one line, but not without end.
final class BoundedLine {
  private BoundedLine() {}

  /// @throws IOException if the line is longer than the limit, or there is none
  static String read(Reader reader, int limit) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = reader.read(); next >= 0 && next != '\n'; next = reader.read()) {
      if (line.length() == limit) {
        throw new IOException("a line of more than " + limit + " characters");
      }
      line.append((char) next);
    }
    if (line.isEmpty()) {
      throw new IOException("no line");
    }
    return line.toString();
  }
}
