package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tells a tool that the model's side no longer waits for its call, which the MCP library does not:
/// reads along what comes, and writes each call's id into its `_meta`, where the tool finds it.
/// Thread-safe.
final class Cancellations {
  private static final String ID = "claudemesh/request";
  private static final byte[] CALL = ascii("\"" + ToolCallTool.NAME + "\"");
  private static final byte[] CANCELLED = ascii("notifications/cancelled");

  private final Map<String, CompletableFuture<Void>> running = new ConcurrentHashMap<>();

  /// One message of the client on its way in.
  ///
  /// @return the message that is handed on
  byte[] passing(byte[] line) {
    if (Bytes.contains(line, CANCELLED)) {
      note(line);
    } else if (Bytes.contains(line, CALL)) {
      return marked(line);
    }
    return line;
  }

  private void note(byte[] line) {
    try {
      JsonNode message = Wire.mapper().readTree(line);
      if (message.path("method").asString("").equals("notifications/cancelled")) {
        CompletableFuture<Void> call =
            running.get(message.path("params").path("requestId").toString());
        if (call != null) {
          call.completeAsync(() -> null, Thread::startVirtualThread);
        }
      }
    } catch (JacksonException e) {
      // the library says what is wrong with it
    }
  }

  private byte[] marked(byte[] line) {
    try {
      if (Wire.mapper().readTree(line) instanceof ObjectNode message
          && message.path("method").asString("").equals("tools/call")
          && message.path("params") instanceof ObjectNode params
          && message.has("id")) {
        ObjectNode meta =
            params.path("_meta") instanceof ObjectNode there ? there : params.putObject("_meta");
        String id = message.get("id").toString();
        meta.put(ID, id);
        running.put(id, new CompletableFuture<>());
        return (message + "\n").getBytes(StandardCharsets.UTF_8);
      }
    } catch (JacksonException e) {
      // the library says what is wrong with it
    }
    return line;
  }

  /// The end of waiting for a call, by what its `_meta` says; never for one that was not marked.
  CompletableFuture<Void> of(Map<String, Object> meta) {
    CompletableFuture<Void> call = meta == null ? null : running.get(String.valueOf(meta.get(ID)));
    return call == null ? new CompletableFuture<>() : call;
  }

  /// The call is answered.
  void over(Map<String, Object> meta) {
    if (meta != null) {
      running.remove(String.valueOf(meta.get(ID)));
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
