package dev.claudemesh.mcp.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A child process that does not behave.
class StdioServerTest {
  private final List<String> said = new CopyOnWriteArrayList<>();

  private StdioServer start(Map<String, String> variables) {
    return StdioServer.start(ToolServerProgram.command(), variables, "test", said::add);
  }

  private static JsonNode call(StdioServer server, String tool, String text, int size) {
    return join(begin(server, tool, text, size));
  }

  private static CompletableFuture<JsonNode> begin(
      StdioServer server, String tool, String text, int size) {
    ObjectNode arguments = Wire.mapper().createObjectNode().put("text", text).put("size", size);
    return server.call(tool, arguments, Optional.empty()).result();
  }

  private static <T> T join(CompletableFuture<T> future) {
    return future.orTimeout(30, TimeUnit.SECONDS).join();
  }

  private static String text(JsonNode result) {
    return result.path("content").path(0).path("text").asString();
  }

  @Test
  void what_is_no_message_is_reported_and_the_next_call_goes_through() {
    try (StdioServer server = start(Map.of())) {
      String noise = "\n[dotenv] injecting env\n{\"level\":30,\"msg\":\"up\"}\n[]\n{\"id\":null";
      assertThat(text(call(server, "print", noise, 17 << 20))).isEqualTo("printed");
      assertThat(text(call(server, "echo", "still here", 0))).isEqualTo("still here");
      assertThat(server.exited()).isNotDone();
      assertThat(said)
          .anyMatch(line -> line.contains("[dotenv] injecting env"))
          .anyMatch(line -> line.contains("level"))
          .anyMatch(line -> line.contains("more than 16 MiB"));
    }
  }

  @Test
  void a_server_that_says_nothing_any_more_is_ended_and_its_calls_fail() {
    try (StdioServer server = start(Map.of())) {
      ProcessHandle child = child(server);
      CompletableFuture<JsonNode> waiting = begin(server, "hang", "", 0);
      begin(server, "mute", "", 0);
      join(server.exited());
      assertThatThrownBy(() -> join(waiting)).hasRootCauseMessage("The MCP server has ended");
      assertThatThrownBy(() -> call(server, "echo", "", 0))
          .hasRootCauseMessage("The MCP server has ended");
      join(child.onExit());
    }
  }

  private static ProcessHandle child(StdioServer server) {
    return ProcessHandle.of(Long.parseLong(text(call(server, "pid", "", 0)))).orElseThrow();
  }

  @Test
  void a_server_that_does_not_want_to_end_is_made_to() {
    StdioServer server = start(Map.of("STUBBORN", "yes"));
    ProcessHandle child = child(server);
    server.close();
    join(child.onExit());
    join(server.exited());
  }

  @Test
  void tools_that_come_later_are_told_of() {
    try (StdioServer server = start(Map.of())) {
      CompletableFuture<List<ToolOffer>> told = new CompletableFuture<>();
      server.onChange(told::complete);
      call(server, "grow", "", 0);
      assertThat(join(told)).extracting(ToolOffer::name).contains("echo", "grown");
    }
  }

  @Test
  void a_server_without_tools_has_nothing_to_lend() {
    try (StdioServer server = start(Map.of("EMPTY", "yes"))) {
      assertThatThrownBy(server::tools)
          .isInstanceOf(Problem.class)
          .hasMessageContaining("no tools to lend");
    }
  }
}
