package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/// A child process that is spoken with over its standard streams, a JSON-RPC message a line.
///
/// Servers print other things too. A line that is no message is reported and skipped; so is one of
/// more than 16 MiB, and a call that it answered waits until its time is over. What the child's
/// standard error does means nothing. When its standard output ends, or it takes no more input, the
/// child is of no use: it is ended. Holds three threads until then.
final class ChildTransport implements McpClientTransport {
  private static final Logger log = LoggerFactory.getLogger(ChildTransport.class);

  /// Between being asked to end and being made to.
  private static final Duration STOP = Duration.ofSeconds(5);

  private static final int LONGEST_LINE = 16 << 20;
  private static final int SHOWN = 500;
  private static final byte[] END = {};

  private final List<String> command;
  private final Map<String, String> environment;
  private final McpJsonMapper json;
  private final Consumer<String> errors;
  private final CompletableFuture<Void> exited = new CompletableFuture<>();

  /// The library's own ids of calls, which it does not tell, by our tokens: so that a call can be
  /// taken back.
  private final Map<String, Object> ids = new ConcurrentHashMap<>();

  private final BlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
  private volatile Process process;

  /// @param environment all variables the child gets, beside those by which any program finds its
  ///   way
  /// @param errors gets its standard error, and what is no message, a line at a time
  ChildTransport(
      List<String> command,
      Map<String, String> environment,
      McpJsonMapper json,
      Consumer<String> errors) {
    ServerParameters child =
        ServerParameters.builder(command.getFirst())
            .args(command.subList(1, command.size()))
            .env(environment)
            .build();
    this.command = command;
    this.environment = child.getEnv();
    this.json = json;
    this.errors = errors;
  }

  /// Completes when the child can be spoken with no longer; fails if it could not be started.
  CompletableFuture<Void> exited() {
    return exited;
  }

  /// What calls of a child that has ended fail with.
  static Problem gone() {
    return new Problem(ProblemCode.OFFLINE, "The MCP server has ended");
  }

  @Override
  public Mono<Void> connect(Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    return Mono.fromRunnable(() -> {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().clear();
      builder.environment().putAll(environment);
      try {
        process = builder.start();
      } catch (IOException e) {
        exited.completeExceptionally(e);
        throw new UncheckedIOException(e);
      }
      begin("out", () -> read(process.getInputStream(), line -> take(line, handler)));
      begin("in", this::write);
      begin("err", () -> readErrors(process.getErrorStream()));
    });
  }

  private static void begin(String stream, Runnable work) {
    Thread.ofPlatform().daemon().name("tool-server-" + stream).start(work);
  }

  private void read(InputStream from, Consumer<String> taken) {
    try (InputStream in = new BufferedInputStream(from, 1 << 16)) {
      lines(in, taken);
    } catch (IOException e) {
      log.debug("the server's output ended: {}", e.toString());
    } finally {
      end();
    }
  }

  private void readErrors(InputStream from) {
    try (InputStream in = new BufferedInputStream(from)) {
      lines(in, this::report);
    } catch (IOException e) {
      log.debug("the server's standard error ended: {}", e.toString());
    }
  }

  private void lines(InputStream in, Consumer<String> taken) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean tooLong = false;
    for (int next = in.read(); next >= 0; next = in.read()) {
      if (next != '\n') {
        tooLong |= line.size() == LONGEST_LINE;
        if (!tooLong) {
          line.write(next);
        }
        continue;
      }
      if (tooLong) {
        report("(a line of more than " + (LONGEST_LINE >> 20) + " MiB was skipped)");
      } else {
        taken.accept(line.toString(StandardCharsets.UTF_8).strip());
      }
      tooLong = false;
      line = line.size() > SHOWN ? new ByteArrayOutputStream() : line; // keeps no large one
      line.reset();
    }
  }

  private void take(String line, Function<Mono<JSONRPCMessage>, Mono<JSONRPCMessage>> handler) {
    if (line.isEmpty()) {
      return;
    }
    JSONRPCMessage message;
    try {
      message = McpSchema.deserializeJsonRpcMessage(json, line);
    } catch (IOException | RuntimeException e) {
      report("(no message of MCP) " + line);
      return;
    }
    try {
      handler
          .apply(Mono.just(message))
          .subscribe(
              done -> {}, failure -> log.warn("a message of the server was not taken", failure));
    } catch (RuntimeException e) {
      log.warn("a message of the server was not taken", e);
    }
  }

  private void report(String line) {
    try {
      errors.accept(
          line.length() <= SHOWN
              ? line
              : line.substring(0, line.offsetByCodePoints(0, SHOWN / 2)) + "…");
    } catch (RuntimeException e) {
      log.warn("what the server said could not be shown", e);
    }
  }

  private void write() {
    try (OutputStream out = process.getOutputStream()) {
      for (byte[] line = outgoing.take(); line != END; line = outgoing.take()) {
        out.write(line);
        out.write('\n');
        out.flush();
      }
    } catch (IOException e) {
      log.debug("the server takes no more input: {}", e.toString());
      end();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public Mono<Void> sendMessage(JSONRPCMessage message) {
    return Mono.fromRunnable(() -> {
      if (exited.isDone()) {
        throw gone();
      }
      if (message instanceof JSONRPCRequest request
          && request.params() instanceof McpSchema.CallToolRequest call
          && call.meta() != null) {
        ids.put(String.valueOf(call.meta().get("progressToken")), request.id());
      }
      try {
        outgoing.add(json.writeValueAsBytes(message));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    });
  }

  /// Tells the child that nobody waits for a call any more.
  void cancel(String token) {
    Object id = ids.get(token);
    if (id != null) {
      sendMessage(
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

  private void end() {
    exited.complete(null);
    outgoing.add(END);
    Process child = process;
    if (child != null && child.isAlive()) {
      begin("end", this::stop);
    }
  }

  /// Asks the child and its own children to end, and makes those that did not within 5 s.
  void stop() {
    outgoing.add(END);
    Process child = process;
    if (child != null) {
      List<ProcessHandle> all =
          Stream.concat(child.descendants(), Stream.of(child.toHandle())).toList();
      all.forEach(ProcessHandle::destroy);
      if (!ended(all)) {
        child.descendants().forEach(ProcessHandle::destroyForcibly);
        all.forEach(ProcessHandle::destroyForcibly);
      }
    }
    exited.complete(null);
  }

  private static boolean ended(List<ProcessHandle> all) {
    try {
      CompletableFuture.allOf(
              all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new))
          .get(STOP.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException | ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  @Override
  public Mono<Void> closeGracefully() {
    return Mono.fromRunnable(this::stop);
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return json.convertValue(data, type);
  }
}
