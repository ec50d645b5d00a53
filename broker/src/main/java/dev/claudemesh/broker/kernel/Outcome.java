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
  record Later(CompletableFuture<? extends Reply> reply) implements Outcome {}

  /// The answer is ready, and something must follow it but never overtake it: `then` runs on the
  /// lane right after the answer was queued on the socket, before the lane takes the next request.
  /// So a `hello_ack` is the first frame of a connection, and an ack comes before its effects.
  record Then(Reply reply, Runnable then) implements Outcome {}

  static Outcome of(Reply reply) {
    return new Now(reply);
  }
}
