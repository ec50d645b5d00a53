package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DiscoverFilterTest {
  @Test
  void a_discovery_before_the_handshake_is_answered_and_everything_else_passes() throws Exception {
    String discover =
        "{\"jsonrpc\":\"2.0\",\"id\":\"probe-1\",\"method\":\"server/discover\",\"params\":{}}\n";
    String rest =
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\"}\n"
            + "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"arguments\":{\"message\":\"server/discover\"}}}\n"
            + "no newline at the end";
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    AtomicInteger ended = new AtomicInteger();
    DiscoverFilter filter =
        new DiscoverFilter(
            new ByteArrayInputStream((discover + rest).getBytes(StandardCharsets.UTF_8)),
            answers,
            line -> line,
            ended::incrementAndGet);
    assertThat(new String(filter.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo(rest);
    assertThat(answers.toString(StandardCharsets.UTF_8))
        .startsWith("{\"jsonrpc\":\"2.0\",\"id\":\"probe-1\",\"error\":{\"code\":-32601,")
        .endsWith("}\n");
    assertThat(ended.get()).isPositive();
  }
}
