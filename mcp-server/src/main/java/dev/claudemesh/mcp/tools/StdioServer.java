package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Mono;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An MCP server that runs as a child process and speaks over its standard streams. Ends with us;
/// its standard error is handed on line by line.
public final class StdioServer implements ToolHost.Tools, AutoCloseable {
  private static final Duration START = Duration.ofSeconds(60);

  /// Longer than any call over the mesh may take.
  private static final Duration LONGEST_CALL = Duration.ofMinutes(31);

  private static final Duration STOP = Duration.ofSeconds(5);
  private static final int MOST_PAGES = 50;
  private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

  private final McpJsonMapper json = new JacksonMcpJsonMapper(JsonMapper.builder().build());
  private final Map<String, Consumer<Progress>> progress = new ConcurrentHashMap<>();
  private final Transport transport;
  private final McpAsyncClient client;

  private StdioServer(List<String> command, Map<String, String> environment, String version) {
    transport =
        new Transport(
            ServerParameters.builder(command.getFirst())
                .args(command.subList(1, command.size()))
                .env(environment)
                .build(),
            json);
    client =
        McpClient.async(transport)
            .clientInfo(McpSchema.Implementation.builder("claudemesh", version).build())
            .requestTimeout(LONGEST_CALL)
            .initializationTimeout(START)
            .progressConsumer(this::progressed)
            .build();
  }

  /// Starts a server and shakes hands with it.
  ///
  /// @param environment all variables the child gets, beside those by which any program finds its
  ///   way (HOME, PATH, USER, …)
  /// @param errors gets its standard error, a line at a time
  /// @throws Problem `invalid_argument` if it cannot be started or is no MCP server
  public static StdioServer start(
      List<String> command,
      Map<String, String> environment,
      String version,
      Consumer<String> errors) {
    StdioServer server = new StdioServer(command, environment, version);
    server.transport.setStdErrorHandler(errors);
    CompletableFuture<?> shaken = server.client.initialize().toFuture();
    try {
      CompletableFuture.anyOf(shaken, server.exited()).get(START.toSeconds(), TimeUnit.SECONDS);
      if (shaken.isDone()) {
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

  /// Completes when the child has ended; fails if it could not be started.
  public CompletableFuture<Void> exited() {
    return transport.exited;
  }

  /// What it says of itself.
  public Optional<String> instructions() {
    return Optional.ofNullable(client.getServerInstructions()).filter(text -> !text.isBlank());
  }

  /// Its tools.
  ///
  /// @throws Problem `invalid_argument` if it has none
  public List<ToolOffer> tools() {
    List<ToolOffer> tools = new ArrayList<>();
    String cursor = null;
    for (int page = 0; page < MOST_PAGES; page++) {
      McpSchema.ListToolsResult result = client.listTools(cursor).block(START);
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

  private ToolOffer offer(McpSchema.Tool tool) {
    return new ToolOffer(
        tool.name(),
        Optional.ofNullable(tool.description()),
        Optional.ofNullable(tool.inputSchema()).map(this::tree));
  }

  @Override
  public CompletableFuture<JsonNode> call(
      String tool, ObjectNode arguments, Optional<Consumer<Progress>> told) {
    String token = UUID.randomUUID().toString();
    told.ifPresent(one -> progress.put(token, one));
    McpSchema.CallToolRequest request =
        new McpSchema.CallToolRequest(
            tool, Wire.mapper().convertValue(arguments, MAP), Map.of("progressToken", token));
    CompletableFuture<JsonNode> result = client.callTool(request).map(this::tree).toFuture();
    result.whenComplete((value, failure) -> {
      progress.remove(token);
      if (result.isCancelled()) {
        transport.cancel(token);
      }
      transport.forget(token);
    });
    return result;
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

  /// Ends the child.
  @Override
  public void close() {
    try {
      client.closeGracefully().block(STOP);
    } catch (RuntimeException e) {
      client.close();
    }
  }

  /// Knows the library's own ids of calls, which it does not tell, so that a call can be taken
  /// back; and gives the child no variable but those it is meant to have.
  private static final class Transport extends StdioClientTransport {
    private final Map<String, Object> ids = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> exited = new CompletableFuture<>();

    Transport(ServerParameters parameters, McpJsonMapper json) {
      super(parameters, json);
    }

    @Override
    protected ProcessBuilder getProcessBuilder() {
      ProcessBuilder builder = super.getProcessBuilder();
      builder.environment().clear();
      return builder;
    }

    @Override
    public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
      return super.connect(handler)
          .doOnError(exited::completeExceptionally)
          .doOnSuccess(begun -> Thread.ofVirtual().name("server-exit").start(this::awaitExit));
    }

    private void awaitExit() {
      awaitForExit();
      exited.complete(null);
    }

    @Override
    public Mono<Void> sendMessage(JSONRPCMessage message) {
      if (message instanceof JSONRPCRequest request
          && request.params() instanceof McpSchema.CallToolRequest call
          && call.meta() != null) {
        ids.put(String.valueOf(call.meta().get("progressToken")), request.id());
      }
      return super.sendMessage(message);
    }

    void cancel(String token) {
      Object id = ids.get(token);
      if (id != null) {
        super.sendMessage(
                new JSONRPCNotification(
                    McpSchema.JSONRPC_VERSION,
                    "notifications/cancelled",
                    Map.of("requestId", id, "reason", "nobody waits for it any more")))
            .subscribe(done -> {}, failure -> {});
      }
    }

    void forget(String token) {
      ids.remove(token);
    }
  }
}
