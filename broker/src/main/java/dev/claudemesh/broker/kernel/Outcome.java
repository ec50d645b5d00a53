package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Reply;
import java.util.concurrent.CompletableFuture;

/// How a handler answers.
public sealed interface Outcome {
  /// The answer is ready.
  record Now(Reply reply) implements Outcome {}

  /// The answer comes when something has been committed; the lane may take further `send`s
  /// meanwhile. Fails with a {@link dev.claudemesh.protocol.Problem} where the caller can do
  /// something about it.
  ///
  /// @param afterwards run once the answer, good or bad, was queued for the caller: what must not
  ///   reach the caller before it
  record Later(CompletableFuture<? extends Reply> reply, Runnable afterwards) implements Outcome {
    public Later(CompletableFuture<? extends Reply> reply) {
      this(reply, () -> {});
    }
  }

  /// The answer comes some time, and nothing waits for it: further requests of the connection are
  /// carried out and answered meanwhile. A request without a `_reqId` could not be told apart from
  /// those, so its answer keeps its turn, and what comes next waits.
  record Aside(CompletableFuture<? extends Reply> reply) implements Outcome {}

  static Outcome of(Reply reply) {
    return new Now(reply);
  }

  /// An answer that is ready, and what must follow but never overtake it.
  static Outcome of(Reply reply, Runnable afterwards) {
    return new Later(CompletableFuture.completedFuture(reply), afterwards);
  }
}
