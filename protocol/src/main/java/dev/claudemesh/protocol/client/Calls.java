package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Wire;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Calls that wait for their answers, by `_reqId`. Thread-safe.
///
/// Answers are handed over on a virtual thread of their own, so that what a caller does with one
/// holds nothing else up.
final class Calls {
  private static final Executor OWN_THREAD = Thread::startVirtualThread;

  private final ClientLimits limits;
  private final PrivateValues values;
  private final Map<String, CompletableFuture<Reply>> waiting = new ConcurrentHashMap<>();
  private Optional<FrameSocket> socket = Optional.empty();
  private Problem down =
      new Problem(
          ProblemCode.UNREACHABLE,
          "The broker has not been reached yet. Try again in a moment, or run claudemesh doctor.");

  Calls(ClientLimits limits, PrivateValues values) {
    this.limits = limits;
    this.values = values;
  }

  synchronized void opened(FrameSocket open) {
    socket = Optional.of(open);
  }

  /// Fails what waits, and each call until the next connection.
  synchronized void lost(Problem why) {
    socket = Optional.empty();
    down = why;
    waiting.values().forEach(future -> future.completeExceptionally(why));
    waiting.clear();
  }

  <R extends Reply> CompletableFuture<R> call(Request<R> request) {
    return call(request, limits.callTimeout());
  }

  <R extends Reply> CompletableFuture<R> call(Request<R> request, Duration atMost) {
    Catalog.Op op = Catalog.operation(request.getClass());
    String id = UUID.randomUUID().toString();
    byte[] frame;
    try {
      frame = Wire.encode(values.seal(request), Optional.of(id));
    } catch (Problem cannotSeal) {
      return CompletableFuture.failedFuture(cannotSeal);
    }
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    synchronized (this) {
      if (socket.isEmpty()) {
        return CompletableFuture.failedFuture(down);
      }
      if (waiting.size() >= limits.maxCalls()) {
        return CompletableFuture.failedFuture(
            new Problem(
                ProblemCode.LIMIT,
                limits.maxCalls()
                    + " calls wait for the broker already. Wait for some of them, then try"
                    + " again."));
      }
      waiting.put(id, reply);
      socket.get().send(frame);
    }
    return reply
        .orTimeout(atMost.toMillis(), TimeUnit.MILLISECONDS)
        .handleAsync((answer, failure) -> this.<R>outcome(op, answer, failure, atMost), OWN_THREAD)
        .whenComplete((answer, failure) -> waiting.remove(id));
  }

  /// The same, waiting.
  <R extends Reply> R ask(Request<R> request) {
    try {
      return call(request).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof Problem problem) {
        throw problem;
      }
      throw e;
    }
  }

  @SuppressWarnings(
      "unchecked") // the catalogue read the reply's class from the request's own type parameter
  private <R extends Reply> R outcome(
      Catalog.Op op, Reply answer, Throwable failure, Duration atMost) {
    if (failure instanceof TimeoutException) {
      throw new CompletionException(
          new Problem(
              ProblemCode.TIMEOUT,
              "The broker did not answer "
                  + op.type()
                  + " within "
                  + atMost.toSeconds()
                  + " s. Try again; it may have been carried out."));
    }
    if (failure != null) {
      throw new CompletionException(failure);
    }
    if (!op.reply().isInstance(answer)) {
      throw new CompletionException(
          new Problem(
              ProblemCode.INTERNAL,
              "The broker answered "
                  + op.type()
                  + " by "
                  + Catalog.frameType(answer.getClass())
                  + ", which this version does not understand"));
    }
    try {
      return values.open((R) answer);
    } catch (Problem staysClosed) {
      throw new CompletionException(staysClosed);
    }
  }

  /// @return whether somebody waited for it
  boolean answered(String id, Reply reply) {
    CompletableFuture<Reply> call = waiting.remove(id);
    return call != null && call.complete(reply);
  }

  /// @return whether somebody waited for it
  boolean failed(String id, Problem why) {
    CompletableFuture<Reply> call = waiting.remove(id);
    return call != null && call.completeExceptionally(why);
  }
}
