package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.Priority;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class InboxSocketTest {
  @Test
  void a_post_is_a_line_of_authentication_and_a_line_of_message(@TempDir Path folder)
      throws Exception {
    Path path = folder.resolve("s.sock");
    try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path));
      CompletableFuture<List<String>> received =
          CompletableFuture.supplyAsync(() -> readLines(server));
      assertThat(
              new InboxSocket(path, "tok").post("hi\nthere", "claudemesh:team/Ana", Priority.NOW))
          .isTrue();
      List<String> lines = received.get(10, TimeUnit.SECONDS);
      assertThat(lines).hasSize(2);
      assertThat(lines.getFirst()).isEqualTo("{\"type\":\"auth\",\"token\":\"tok\"}");
      JsonNode frame = Wire.mapper().readTree(lines.getLast());
      assertThat(frame.at("/message/content").asString()).isEqualTo("hi\nthere");
      assertThat(frame.at("/message/role").asString()).isEqualTo("user");
      assertThat(frame.at("/priority").asString()).isEqualTo("now");
      assertThat(frame.at("/from").asString()).isEqualTo("claudemesh:team/Ana");
    }
  }

  @Test
  void an_inbox_that_is_gone_takes_nothing(@TempDir Path folder) {
    assertThat(new InboxSocket(folder.resolve("gone.sock"), "tok").post("hi", "x", Priority.NEXT))
        .isFalse();
  }

  private static List<String> readLines(ServerSocketChannel server) {
    try (SocketChannel channel = server.accept()) {
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
