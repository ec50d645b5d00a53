package dev.claudemesh.mcp;

import dev.claudemesh.mcp.tools.Progress;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.node.ObjectNode;

/// Tools in the MCP library's form: schema, hints, and failures as results that the model can read
/// and act on.
final class ToolSpecifications {
  private static final Logger log = LoggerFactory.getLogger(ToolSpecifications.class);
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private ToolSpecifications() {}

  static SyncToolSpecification of(Tool tool, Counters counters, Cancellations cancellations) {
    McpSchema.Tool described =
        McpSchema.Tool.builder(tool.name(), Wire.mapper().convertValue(tool.schema(), MAP))
            .description(tool.description())
            .annotations(hints(tool.effect()))
            .build();
    return new SyncToolSpecification(
        described,
        (exchange, request) -> {
          try {
            return call(
                tool, request.arguments(), meanwhile(exchange, request, cancellations), counters);
          } finally {
            cancellations.over(request.meta());
          }
        });
  }

  private static Meanwhile meanwhile(
      McpSyncServerExchange exchange,
      McpSchema.CallToolRequest request,
      Cancellations cancellations) {
    return new Meanwhile() {
      @Override
      public Optional<Consumer<Progress>> progress() {
        return Optional.ofNullable(request.progressToken())
            .map(token -> news -> tell(exchange, token, news));
      }

      @Override
      public void whenCancelled(Runnable task) {
        cancellations.of(request.meta()).thenRun(task);
      }
    };
  }

  private static void tell(McpSyncServerExchange exchange, Object token, Progress news) {
    exchange.progressNotification(
        new McpSchema.ProgressNotification(
            token,
            news.done(),
            news.total().orElse(null),
            news.message().map(PeerText::attribute).orElse(null),
            null));
  }

  private static McpSchema.CallToolResult call(
      Tool tool, Map<String, Object> arguments, Meanwhile meanwhile, Counters counters) {
    counters.called();
    try {
      ObjectNode node = Wire.mapper().valueToTree(arguments == null ? Map.of() : arguments);
      return result(tool.call(node, meanwhile), false);
    } catch (Problem problem) {
      counters.failed();
      return result(problem.code().wireName() + ": " + PeerText.body(problem.getMessage()), true);
    } catch (FailedTool failed) {
      counters.failed();
      return result(failed.getMessage(), true);
    } catch (RuntimeException e) {
      counters.failed();
      String incident = UUID.randomUUID().toString().substring(0, 8);
      log.error("incident {}: {} failed", incident, tool.name(), e);
      return result(
          "internal: this is a fault of claudemesh (incident " + incident + "); its log has more",
          true);
    }
  }

  private static McpSchema.CallToolResult result(String text, boolean error) {
    return McpSchema.CallToolResult.builder(List.of(McpSchema.TextContent.builder(text).build()))
        .isError(error)
        .build();
  }

  private static McpSchema.ToolAnnotations hints(Effect effect) {
    return switch (effect) {
      case READ -> new McpSchema.ToolAnnotations(null, true, false, true, true, null);
      case REPEATABLE -> new McpSchema.ToolAnnotations(null, false, false, true, true, null);
      case WRITE -> new McpSchema.ToolAnnotations(null, false, false, false, true, null);
      case DESTROY -> new McpSchema.ToolAnnotations(null, false, true, false, true, null);
    };
  }
}
