package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.services.ServiceEvent.Cancelled;
import dev.claudemesh.protocol.services.ServiceEvent.Forward;
import dev.claudemesh.protocol.services.ServiceRequest;
import dev.claudemesh.protocol.services.ServiceRequest.Register;
import dev.claudemesh.protocol.services.ServiceRequest.Respond;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Lends the tools of one server to one mesh: registers them, each time the connection is made
/// anew, and answers calls, several at a time.
public final class ToolHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ToolHost.class);

  /// Calls that are carried out at a time; more wait their turn.
  private static final int AT_ONCE = 16;

  /// Calls that are remembered, so that none is carried out twice.
  private static final int REMEMBERED = 10_000;

  private static final int LONGEST_ERROR = 4_000;

  private final Offer offer;
  private final Tools tools;
  private final Consumer<Served> told;
  private final MeshListener others;
  private final Semaphore room = new Semaphore(AT_ONCE, true);
  private final Map<String, CompletableFuture<JsonNode>> running = new ConcurrentHashMap<>();
  private final SequencedSet<String> seen = new LinkedHashSet<>();
  private final CompletableFuture<MeshClient> client = new CompletableFuture<>();
  private final CompletableFuture<Void> registered = new CompletableFuture<>();
  private final CompletableFuture<Problem> ended = new CompletableFuture<>();

  /// What is lent.
  ///
  /// @param persistent whether it stays listed while we are away
  public record Offer(String name, String description, List<ToolOffer> tools, boolean persistent) {}

  /// What carries calls out.
  public interface Tools {
    /// Begins a call; a future that is cancelled is a call that nobody waits for any more.
    ///
    /// @param progress told how far it is; empty if nobody cares
    CompletableFuture<JsonNode> call(
        String tool, ObjectNode arguments, Optional<Consumer<Progress>> progress);
  }

  /// A call that is over, for the person who lends.
  ///
  /// @param problem why it failed; empty if it did not
  public record Served(
      String caller, String tool, Duration took, Optional<String> problem, boolean encrypted) {}

  private ToolHost(Offer offer, Tools tools, Consumer<Served> told, MeshListener others) {
    this.offer = offer;
    this.tools = tools;
    this.told = told;
    this.others = others;
  }

  /// Connects and lends.
  ///
  /// @param others told of everything but calls
  /// @param told called for each call that is over, on any thread
  public static ToolHost start(
      MeshClient.Builder builder,
      MeshListener others,
      Offer offer,
      Tools tools,
      Consumer<Served> told) {
    ToolHost host = new ToolHost(offer, tools, told, others);
    host.client.complete(builder.listener(host.new Listener()).start());
    return host;
  }

  /// Waits until the tools can be called.
  ///
  /// @throws Problem why they cannot
  public void ready(Duration atMost) {
    client.join().ready(atMost);
    try {
      registered.orTimeout(atMost.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Problem problem
          ? problem
          : new Problem(ProblemCode.TIMEOUT, "The broker did not confirm the tools in time");
    }
  }

  /// Completes when this cannot go on: the broker refuses us for good, or the name is another's.
  public CompletableFuture<Problem> ended() {
    return ended;
  }

  /// Leaves the mesh at once: what is not persistent is taken off, callers hear that we are gone.
  @Override
  public void close() {
    running.values().forEach(call -> call.cancel(true));
    client.join().goodbye();
  }

  private final class Listener implements MeshListener {
    @Override
    public void connected(HelloAck hello) {
      others.connected(hello);
      register();
    }

    @Override
    public void disconnected(Problem why, Duration retryIn) {
      running.values().forEach(call -> call.cancel(true)); // their callers were told already
      others.disconnected(why, retryIn);
    }

    @Override
    public void ended(Problem why) {
      others.ended(why);
      registered.completeExceptionally(why);
      ended.complete(why);
    }

    @Override
    public void warned(Problem problem) {
      others.warned(problem);
    }

    @Override
    public void event(Event event) {
      switch (event) {
        case Forward call -> Thread.ofVirtual().name("tool-call").start(() -> serve(call));
        case Cancelled over ->
            Optional.ofNullable(running.get(over.callId())).ifPresent(call -> call.cancel(true));
        case Event other -> others.event(other);
      }
    }
  }

  private void register() {
    Register request =
        new Register(
            offer.name(),
            offer.description(),
            offer.tools(),
            Optional.of(offer.persistent()),
            Optional.of(Encryption.BOX));
    try {
      client.join().ask(request);
      registered.complete(null);
    } catch (Problem problem) {
      if (problem.code().retryable()) {
        others.warned(problem); // the next connection brings the next try
      } else {
        registered.completeExceptionally(problem);
        ended.complete(problem);
      }
    }
  }

  private void serve(Forward call) {
    long begun = System.nanoTime();
    CompletableFuture<JsonNode> result = new CompletableFuture<>();
    running.put(call.callId(), result); // before anything takes time: it may be taken back at once
    Optional<String> problem = Optional.empty();
    Answering answering = new Answering(call);
    try {
      room.acquire();
      try {
        answering.open();
        CompletableFuture<JsonNode> tool =
            tools.call(call.toolName(), answering.arguments, answering.progress());
        result.whenComplete((value, over) -> tool.cancel(true));
        tool.whenComplete((value, failure) -> settle(result, value, failure));
        answering.respond("result", result.join());
      } finally {
        room.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.CancellationException takenBack) {
      problem = Optional.of("taken back");
    } catch (Problem | CompletionException failed) {
      problem = Optional.of(words(failed));
      answering.respond("error", Wire.mapper().valueToTree(problem.get()));
    } finally {
      running.remove(call.callId());
    }
    told.accept(
        new Served(
            call.callerName(),
            call.toolName(),
            Duration.ofNanos(System.nanoTime() - begun),
            problem,
            answering.box.isPresent()));
  }

  private static void settle(
      CompletableFuture<JsonNode> result, JsonNode value, Throwable failure) {
    if (failure == null) {
      result.complete(value);
    } else {
      result.completeExceptionally(failure);
    }
  }

  private static String words(RuntimeException failed) {
    Throwable cause = failed instanceof CompletionException ? failed.getCause() : failed;
    String words =
        Optional.ofNullable(cause.getMessage()).orElseGet(() -> cause.getClass().getSimpleName());
    return words.length() <= LONGEST_ERROR ? words : words.substring(0, LONGEST_ERROR) + "…";
  }

  /// One call while it is answered: in a box if it came in one.
  private final class Answering {
    private final Forward call;
    private Optional<CallBox> box = Optional.empty();
    private String callerId = "";
    private ObjectNode arguments = Wire.mapper().createObjectNode();

    Answering(Forward call) {
      this.call = call;
    }

    /// @throws Problem if it cannot be opened, is for another tool, or was carried out before
    void open() {
      if (!CallBox.isBoxed(call.enc())) {
        arguments = call.args() instanceof ObjectNode plain ? plain : arguments;
        return;
      }
      CallBox with =
          CallBox.with(client.join().identity(), call.callerPubkey())
              .orElseThrow(
                  () -> new Problem(ProblemCode.UNDECRYPTABLE, "The call names no caller's key"));
      ObjectNode content = with.open(call.nonce(), call.ciphertext(), Optional.empty());
      boolean same =
          content.path("serverName").asString("").equals(offer.name())
              && content.path("toolName").asString("").equals(call.toolName());
      String id = content.get(CallBox.CALL_ID).stringValue();
      if (!same || !isFirst(call.callerPubkey().orElseThrow() + id)) {
        throw new Problem(
            ProblemCode.UNDECRYPTABLE, "The call is not what its caller asked for, or came twice");
      }
      callerId = id;
      box = Optional.of(with);
      arguments = content.path("args") instanceof ObjectNode given ? given : arguments;
    }

    private boolean isFirst(String id) {
      synchronized (seen) {
        boolean first = seen.add(id);
        if (seen.size() > REMEMBERED) {
          seen.removeFirst();
        }
        return first;
      }
    }

    Optional<Consumer<Progress>> progress() {
      return call.progress().filter(wanted -> wanted).map(wanted -> this::tell);
    }

    private void tell(Progress progress) {
      Optional<Boxed> boxed =
          box.flatMap(with -> progress.message().map(text -> with.seal(content("message", text))));
      send(
          new ServiceRequest.Progress(
              call.callId(),
              progress.done(),
              progress.total(),
              box.isPresent() ? Optional.empty() : progress.message(),
              boxed.map(sealed -> Encryption.BOX),
              boxed.map(Boxed::nonce),
              boxed.map(Boxed::ciphertext)));
    }

    /// @param name result or error
    /// @throws Problem `too_large`
    void respond(String name, JsonNode value) {
      boolean plain = box.isEmpty();
      boolean isError = name.equals("error");
      Optional<Boxed> boxed = box.map(with -> with.seal(content(name, value)));
      int size =
          boxed
              .map(sealed -> sealed.ciphertext().length())
              .orElseGet(() -> Wire.mapper().writeValueAsBytes(value).length);
      if (size > ServiceRequest.MOST_RESULT) {
        throw new Problem(
            ProblemCode.TOO_LARGE, "The tool's result is larger than the mesh carries (700 KiB)");
      }
      send(
          new Respond(
              call.callId(),
              plain && !isError ? Optional.of(value) : Optional.empty(),
              plain && isError ? Optional.of(value.stringValue()) : Optional.empty(),
              boxed.map(sealed -> Encryption.BOX),
              boxed.map(Boxed::nonce),
              boxed.map(Boxed::ciphertext)));
    }

    private ObjectNode content(String name, Object value) {
      ObjectNode content = Wire.mapper().createObjectNode().put(CallBox.CALL_ID, callerId);
      content.set(name, Wire.mapper().valueToTree(value));
      return content;
    }

    /// A call that is over meanwhile takes no answer; that is nobody's trouble.
    private void send(ServiceRequest<?> request) {
      client
          .join()
          .call(request)
          .exceptionally(failure -> {
            log.debug("{} was not taken: {}", request, failure.toString());
            return null;
          });
    }
  }
}
