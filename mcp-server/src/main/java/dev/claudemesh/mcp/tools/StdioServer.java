package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An MCP server that runs as a child process and speaks over its standard streams. Ends with us.
public final class StdioServer implements ToolHost.Tools, AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  /// Longer than any call over the mesh may take.
  private static final Duration LONGEST_CALL = Duration.ofMinutes(31);

  private static final int MOST_PAGES = 50;
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private final McpJsonMapper json = new JacksonMcpJsonMapper(JsonMapper.builder().build());
  private final Map<String, Consumer<Progress>> progress = new ConcurrentHashMap<>();
  private final Set<CompletableFuture<JsonNode>> pending = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Consumer<List<ToolOffer>>> changes =
      new AtomicReference<>(tools -> {});
  private final ChildTransport transport;
  private final McpAsyncClient client;

  private StdioServer(
      List<String> command,
      Map<String, String> environment,
      String version,
      Consumer<String> errors) {
    transport = new ChildTransport(command, environment, json, errors);
    client =
        McpClient.async(transport)
            .clientInfo(McpSchema.Implementation.builder("claudemesh", version).build())
            .requestTimeout(LONGEST_CALL)
            .initializationTimeout(START)
            .progressConsumer(this::progressed)
            .toolsChangeConsumer(this::changed)
            .build();
    exited()
        .whenComplete((ended, failure) ->
            pending.forEach(call -> call.completeExceptionally(ChildTransport.gone())));
  }

  /// Starts a server and shakes hands with it.
  ///
  /// @param environment all variables the child gets, beside those by which any program finds its
  ///   way (HOME, PATH, USER, …)
  /// @param errors gets its standard error, and what it prints that is no message, a line at a time
  /// @throws Problem `invalid_argument` if it cannot be started or is no MCP server
  public static StdioServer start(
      List<String> command,
      Map<String, String> environment,
      String version,
      Consumer<String> errors) {
    StdioServer server = new StdioServer(command, environment, version, errors);
    CompletableFuture<?> shaken = server.client.initialize().toFuture();
    try {
      CompletableFuture.anyOf(shaken, server.exited()).get(START.toSeconds(), TimeUnit.SECONDS);
      if (shaken.isDone()) {
        shaken.get(); // it may have failed because the child ended
        return server;
      }
      server.close();
      throw noServer(command, "it ended at once");
    } catch (ExecutionException | TimeoutException e) {
      server.close();
      throw noServer(
          command,
          e instanceof TimeoutException
              ? "it did not answer within " + START.toSeconds() + " s"
              : String.valueOf(e.getCause().getMessage()));
    } catch (InterruptedException e) {
      server.close();
      Thread.currentThread().interrupt();
      throw noServer(command, "the start was interrupted");
    }
  }

  private static Problem noServer(List<String> command, String why) {
    return new Problem(
        ProblemCode.INVALID_ARGUMENT,
        command.getFirst() + " does not run as an MCP server over its standard streams: " + why);
  }

  /// Completes when the child has ended, or speaks no more; fails if it could not be started.
  public CompletableFuture<Void> exited() {
    return transport.exited();
  }

  /// What it says of itself.
  public Optional<String> instructions() {
    return Optional.ofNullable(client.getServerInstructions()).filter(text -> !text.isBlank());
  }

  /// Its tools.
  ///
  /// @throws Problem `invalid_argument` if it has none, or does not say them
  public List<ToolOffer> tools() {
    List<ToolOffer> tools = new ArrayList<>();
    String cursor = null;
    for (int page = 0; page < MOST_PAGES; page++) {
      McpSchema.ListToolsResult result = page(cursor);
      result.tools().forEach(tool -> tools.add(offer(tool)));
      cursor = result.nextCursor();
      if (cursor == null) {
        break;
      }
    }
    if (tools.isEmpty()) {
      throw new Problem(ProblemCode.INVALID_ARGUMENT, "The server has no tools to lend");
    }
    return tools;
  }

  private McpSchema.ListToolsResult page(String cursor) {
    try {
      return client.listTools(cursor).block(START);
    } catch (RuntimeException e) { // of the library, whatever the server answered
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "The server has no tools to lend, or does not say which: " + e.getMessage());
    }
  }

  /// Told of its tools when they change, on the thread that reads what it says.
  public void onChange(Consumer<List<ToolOffer>> told) {
    changes.set(told);
  }

  private Mono<Void> changed(List<McpSchema.Tool> tools) {
    return Mono.fromRunnable(() -> changes.get().accept(tools.stream().map(this::offer).toList()));
  }

  private ToolOffer offer(McpSchema.Tool tool) {
    return new ToolOffer(
        tool.name(),
        Optional.ofNullable(tool.description()),
        Optional.ofNullable(tool.inputSchema()).map(this::tree));
  }

  @Override
  public ToolHost.Work call(String tool, ObjectNode arguments, Optional<Consumer<Progress>> told) {
    String token = UUID.randomUUID().toString();
    told.ifPresent(one -> progress.put(token, one));
    McpSchema.CallToolRequest request =
        new McpSchema.CallToolRequest(
            tool, Wire.mapper().convertValue(arguments, MAP), Map.of("progressToken", token));
    CompletableFuture<JsonNode> result = client.callTool(request).map(this::tree).toFuture();
    pending.add(result);
    if (exited().isDone()) {
      result.completeExceptionally(ChildTransport.gone());
    }
    result.whenComplete((value, failure) -> {
      pending.remove(result);
      progress.remove(token);
      transport.forget(token);
    });
    return new ToolHost.Work(result, () -> transport.cancel(token));
  }

  private Mono<Void> progressed(McpSchema.ProgressNotification news) {
    Optional.ofNullable(progress.get(String.valueOf(news.progressToken())))
        .ifPresent(told ->
            told.accept(
                new Progress(
                    news.progress(),
                    Optional.ofNullable(news.total()),
                    Optional.ofNullable(news.message()))));
    return Mono.empty();
  }

  private JsonNode tree(Object value) {
    try {
      return Wire.mapper().readTree(json.writeValueAsString(value));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Ends the child and its own children; takes up to 5 s if they do not want to.
  @Override
  public void close() {
    transport.stop();
    client.close();
  }
}
