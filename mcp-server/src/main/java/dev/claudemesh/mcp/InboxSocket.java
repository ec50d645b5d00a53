package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.Priority;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/// The session's own inbox: a Unix socket that Claude Code listens on. What is posted wakes an idle
/// session, and reaches a busy one between tool calls (`next`) or at once (`now`). Nobody answers:
/// that it was shown is learned from the prompt hook.
///
/// The lines are those that Claude Code's own `SendMessage` writes, as observed with 2.1.329.
final class InboxSocket {
  private static final Logger log = LoggerFactory.getLogger(InboxSocket.class);

  private final Path path;
  private final String token;

  InboxSocket(Path path, String token) {
    this.path = path;
    this.token = token;
  }

  /// Posts one message.
  ///
  /// @param sender where it says it is from, without blanks
  /// @return false if the inbox is not there or closed before it took the whole message; then
  ///   another way must be found
  boolean post(String content, String sender, Priority priority) {
    ObjectNode auth = Wire.mapper().createObjectNode();
    auth.put("type", "auth").put("token", token);
    ObjectNode frame = Wire.mapper().createObjectNode();
    frame.put("msgV", 1).put("msg_id", UUID.randomUUID().toString()).put("type", "user");
    frame.put("priority", priority == Priority.NOW ? "now" : "next").put("from", sender);
    frame.putObject("message").put("role", "user").put("content", content);
    ByteBuffer lines =
        ByteBuffer.wrap((auth + "\n" + frame + "\n").getBytes(StandardCharsets.UTF_8));
    try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(UnixDomainSocketAddress.of(path));
      while (lines.hasRemaining()) {
        channel.write(lines);
      }
      channel.shutdownOutput();
      return true;
    } catch (IOException e) {
      log.info("the session's inbox did not take a message: {}", e.toString());
      return false;
    }
  }

  @Override
  public String toString() {
    return "InboxSocket[" + path + "]";
  }
}
