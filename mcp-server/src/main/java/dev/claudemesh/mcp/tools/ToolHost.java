package dev.claudemesh.mcp.tools;

import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.client.News;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.services.ServiceEvent.Cancelled;
import dev.claudemesh.protocol.services.ServiceEvent.Forward;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Lends the tools of one server to one mesh and answers calls, several at a time.
public final class ToolHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ToolHost.class);

  /// Calls that are carried out at a time; more wait their turn.
  private static final int AT_ONCE = 16;

  /// How long a call that was taken back keeps its place while the tool does not answer: servers
  /// that stop at once need not say so.
  private static final Duration LINGER = Duration.ofSeconds(10);

  private static final Set<String> ABOUT_SERVERS = Set.of("mcp_registered", "mcp_unregistered");

  private static final int MOST_DESCRIPTION = 2_000;

  private final Lending lending;
  private final Tools tools;
  private final Consumer<Served> told;
  private final MeshListener others;
  private final Semaphore room = new Semaphore(AT_ONCE, true);
  private final Map<String, CompletableFuture<JsonNode>> running = new ConcurrentHashMap<>();
  private final CallMemory memory;
  private final CompletableFuture<MeshClient> client = new CompletableFuture<>();

  /// What is lent.
  ///
  /// @param persistent whether it stays listed while we are away
  /// @param allowUnencrypted whether calls are carried out that came in clear
  public record Offer(
      String name,
      String description,
      List<ToolOffer> tools,
      boolean persistent,
      boolean allowUnencrypted) {
    public Offer {
      description = Answering.cut(description, MOST_DESCRIPTION);
    }

    Offer with(List<ToolOffer> others) {
      return new Offer(name, description, others, persistent, allowUnencrypted);
    }
  }

  /// What carries calls out.
  public interface Tools {
    /// Begins a call. One that was taken back may still be answered, and is at work until then.
    /// `offline` says that no call can be carried out any more; the host ends then.
    ///
    /// @param progress told how far it is; empty if nobody cares
    Work call(String tool, ObjectNode arguments, Optional<Consumer<Progress>> progress);
  }

  /// A call that is carried out.
  ///
  /// @param result what the tool returned, whether somebody still waits for it or not
  /// @param takeBack says that nobody does; an answer may then never come
  public record Work(CompletableFuture<JsonNode> result, Runnable takeBack) {}

  /// A call that is over, for the person who lends.
  ///
  /// @param problem why it failed; empty if it did not
  public record Served(
      String caller, String tool, Duration took, Optional<String> problem, boolean encrypted) {}

  private ToolHost(
      Offer offer, CallMemory memory, Tools tools, Consumer<Served> told, MeshListener others) {
    this.lending = new Lending(offer, client, others::warned);
    this.memory = memory;
    this.tools = tools;
    this.told = told;
    this.others = others;
  }

  /// Connects and lends.
  ///
  /// @param others told of everything but calls
  /// @param known file with the calls that were carried out lately, for the next process with the
  ///   same key; empty if the key is for this one only
  /// @param told called for each call that is over, on any thread
  /// @throws Problem `forbidden` if the file cannot be used
  public static ToolHost start(
      MeshClient.Builder builder,
      MeshListener others,
      Offer offer,
      Optional<Path> known,
      Tools tools,
      Consumer<Served> told) {
    ToolHost host = new ToolHost(offer, new CallMemory(known), tools, told, others);
    host.client.complete(builder.listener(host.new Listener()).start());
    return host;
  }

  /// Waits until the tools can be called.
  ///
  /// @throws Problem why they cannot
  public void ready(Duration atMost) {
    client.join().ready(atMost);
    try {
      lending.done().orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Problem problem
          ? problem
          : new Problem(ProblemCode.TIMEOUT, "The broker did not confirm the tools in time");
    }
  }

  /// Lends other tools under the same name.
  public void replace(List<ToolOffer> others) {
    lending.replace(others);
  }

  /// Completes when this cannot go on: the broker refuses us for good, the name is another's, the
  /// tools were taken off or are lent from another machine, or the server is gone.
  public CompletableFuture<Problem> ended() {
    return lending.ended();
  }

  /// Leaves the mesh at once: what is not persistent is taken off, callers hear that we are gone.
  @Override
  public void close() {
    lending.pause();
    running.values().forEach(call -> call.cancel(true));
    client.join().goodbye();
  }

  private final class Listener implements MeshListener {
    @Override
    public void connected(HelloAck hello) {
      others.connected(hello);
      lending.begin();
    }

    @Override
    public void disconnected(Problem why, Duration retryIn) {
      lending.pause();
      running.values().forEach(call -> call.cancel(true)); // their callers were told already
      others.disconnected(why, retryIn);
    }

    @Override
    public void ended(Problem why) {
      others.ended(why);
      lending.end(why);
    }

    @Override
    public void warned(Problem problem) {
      others.warned(problem);
    }

    @Override
    public void news(News news) {
      if (ABOUT_SERVERS.contains(news.event())
          && news.data().path("serverName").asString("").equals(lending.offer().name())) {
        Thread.ofVirtual().name("tool-look").start(lending::look);
      }
      others.news(news);
    }

    @Override
    public void event(Event event) {
      switch (event) {
        case Forward call -> begin(call);
        case Cancelled over ->
            Optional.ofNullable(running.get(over.callId())).ifPresent(call -> call.cancel(true));
        case Event other -> others.event(other);
      }
    }
  }

  private void begin(Forward call) {
    CompletableFuture<JsonNode> result = new CompletableFuture<>();
    running.put(call.callId(), result); // before anything takes time: it may be taken back at once
    Thread.ofVirtual().name("tool-call").start(() -> serve(call, result));
  }

  private void serve(Forward call, CompletableFuture<JsonNode> result) {
    long begun = System.nanoTime();
    Answering answering = new Answering(client.join(), call);
    Optional<String> problem = Optional.empty();
    try {
      problem = answer(answering, call, result);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      running.remove(call.callId(), result);
    }
    told.accept(
        new Served(
            call.callerName(),
            call.toolName(),
            Duration.ofNanos(System.nanoTime() - begun),
            problem,
            answering.encrypted()));
  }

  /// @return why it failed
  private Optional<String> answer(
      Answering answering, Forward call, CompletableFuture<JsonNode> result)
      throws InterruptedException {
    JsonNode value;
    try {
      value = carriedOut(answering, call, result);
    } catch (CancellationException takenBack) {
      return Optional.of("taken back");
    } catch (RuntimeException failed) {
      return failed(answering, failed instanceof CompletionException ? failed.getCause() : failed);
    }
    try {
      answering.result(value);
      return Optional.empty();
    } catch (Problem undelivered) { // an error would not arrive either if it was tried so often
      return Answering.passes(undelivered.code())
          ? Optional.of(undelivered.getMessage())
          : failed(answering, undelivered);
    }
  }

  private Optional<String> failed(Answering answering, Throwable why) throws InterruptedException {
    String words =
        Optional.ofNullable(why.getMessage()).orElseGet(() -> why.getClass().getSimpleName());
    if (why instanceof Problem problem && problem.code() == ProblemCode.OFFLINE) {
      lending.end(problem); // the callers hear that we are gone
    } else {
      sendError(answering, words);
    }
    return Optional.of(words);
  }

  private static void sendError(Answering answering, String words) throws InterruptedException {
    try {
      answering.error(words);
    } catch (Problem undelivered) {
      log.info("an error did not reach its caller: {}", undelivered.getMessage());
    }
  }

  private JsonNode carriedOut(Answering answering, Forward call, CompletableFuture<JsonNode> result)
      throws InterruptedException {
    room.acquire();
    CompletableFuture<?> atWork = CompletableFuture.completedFuture(null);
    try {
      if (result.isDone()) {
        throw new CancellationException(); // taken back while it waited
      }
      Offer now = lending.offer();
      ObjectNode arguments = answering.open(now.name(), memory, now.allowUnencrypted());
      Work tool = tools.call(call.toolName(), arguments, answering.progress());
      atWork = tool.result();
      result.whenComplete((value, over) -> {
        if (result.isCancelled()) {
          tool.takeBack().run();
          tool.result().completeOnTimeout(null, LINGER.toMillis(), TimeUnit.MILLISECONDS);
        }
      });
      tool.result().whenComplete((value, failure) -> settle(result, value, failure));
      return result.join();
    } finally {
      atWork.whenComplete((value, failure) -> room.release());
    }
  }

  private static void settle(
      CompletableFuture<JsonNode> result, JsonNode value, Throwable failure) {
    if (failure == null) {
      result.complete(value);
    } else {
      result.completeExceptionally(failure);
    }
  }
}
