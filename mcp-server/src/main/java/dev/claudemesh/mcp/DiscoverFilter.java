package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Wire;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Stands before the MCP library's reader and answers `server/discover`, which newer clients ask
/// before `initialize`: this server speaks 2025-11-25, and any error but "unsupported version"
/// tells the client to fall back to the handshake. The library would leave a request that comes
/// before `initialize` unanswered.
///
/// Also tells when the input has ended, which the library does not.
final class DiscoverFilter extends InputStream {
  private static final byte[] METHOD = "server/discover".getBytes(StandardCharsets.UTF_8);
  private static final int METHOD_NOT_FOUND = -32601;

  private final InputStream source;
  private final OutputStream answers;
  private final UnaryOperator<byte[]> passing;
  private final Runnable ended;
  private byte[] line = new byte[0];
  private int at;

  /// @param passing sees each line, and may change it
  DiscoverFilter(
      InputStream source, OutputStream answers, UnaryOperator<byte[]> passing, Runnable ended) {
    this.source = source;
    this.answers = answers;
    this.passing = passing;
    this.ended = ended;
  }

  @Override
  public int read() throws IOException {
    return fill() ? line[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int count = Math.min(length, line.length - at);
    System.arraycopy(line, at, buffer, offset, count);
    at += count;
    return count;
  }

  @Override
  public int available() {
    return line.length - at;
  }

  private boolean fill() throws IOException {
    while (at == line.length) {
      line = passing.apply(nextLine());
      at = 0;
      if (line.length == 0) {
        ended.run();
        return false;
      }
      if (isDiscover()) {
        at = line.length;
      }
    }
    return true;
  }

  private byte[] nextLine() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    for (int next = source.read(); next >= 0; next = source.read()) {
      bytes.write(next);
      if (next == '\n') {
        break;
      }
    }
    return bytes.toByteArray();
  }

  private boolean isDiscover() throws IOException {
    if (!Bytes.contains(line, METHOD)) {
      return false;
    }
    try {
      JsonNode message = Wire.mapper().readTree(line);
      if (!message.path("method").asString("").equals("server/discover")
          || message.get("id") == null) {
        return false;
      }
      ObjectNode answer = Wire.mapper().createObjectNode();
      answer.put("jsonrpc", "2.0").set("id", message.get("id"));
      answer
          .putObject("error")
          .put("code", METHOD_NOT_FOUND)
          .put("message", "This server speaks MCP 2025-11-25; begin with initialize");
      synchronized (answers) {
        answers.write((answer + "\n").getBytes(StandardCharsets.UTF_8));
        answers.flush();
      }
      return true;
    } catch (JacksonException e) {
      return false;
    }
  }
}
