package dev.claudemesh.broker;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.claudemesh.protocol.Wire;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class LogLineTest {
  private final LoggerContext context = new LoggerContext();

  private String line(String message, Throwable thrown, Object... arguments) {
    LoggingEvent event =
        new LoggingEvent(
            "here",
            context.getLogger("dev.claudemesh.broker.Broker"),
            Level.WARN,
            message,
            thrown,
            arguments);
    return new String(new LogLine("broker").encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void an_event_is_one_line_of_json() {
    String line = line("Hello {},\n\"you\"", null, "world");
    assertThat(line).endsWith("}\n").containsOnlyOnce("\n");
    ObjectNode json = Wire.parse(line.getBytes(StandardCharsets.UTF_8));
    assertThat(json.path("ts").asString())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(json.path("level").asString()).isEqualTo("warn");
    assertThat(json.path("component").asString()).isEqualTo("broker");
    assertThat(json.path("msg").asString()).isEqualTo("Hello world,\n\"you\"");
    assertThat(json.has("stack")).isFalse();
  }

  @Test
  void a_bug_brings_its_stack_trace_in_the_same_line() {
    String line = line("Oh", new IllegalStateException("expected"));
    assertThat(line)
        .containsOnlyOnce("\n")
        .contains("IllegalStateException: expected")
        .contains("LogLineTest");
  }
}
