package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Reply;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The answers of one connection, sent in the order of its questions although some are known later
/// than others.
///
/// Used by the connection's lane only; the futures may complete on any thread.
final class Replies {
  private static final Logger log = LoggerFactory.getLogger(Replies.class);

  /// One answer.
  ///
  /// @param reqId echoed if present
  record Answer(Outbound frame, Optional<String> reqId) {}

  private final SocketConnection connection;
  private final Semaphore room;
  private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

  /// @param pending answers that may be outstanding; then the lane waits
  Replies(SocketConnection connection, int pending) {
    this.connection = connection;
    this.room = new Semaphore(pending);
  }

  /// Sends an answer once those before it were sent.
  void now(Answer answer) {
    if (last.isDone()) {
      send(answer);
    } else {
      last = last.thenRun(() -> send(answer)).exceptionally(Replies::lost);
    }
  }

  /// Sends an answer once it is known and those before it were sent.
  ///
  /// @param answer makes the answer of a reply; empty if nobody wants to hear it
  /// @param failed makes the answer of a failure
  void later(
      Outcome.Later later,
      Function<Reply, Optional<Answer>> answer,
      Function<Throwable, Answer> failed) {
    room.acquireUninterruptibly();
    CompletableFuture<Optional<Answer>> made = made(later.reply(), answer, failed);
    last =
        last.thenCombine(
                made,
                (before, known) -> {
                  known.ifPresent(this::send);
                  return (Void) null;
                })
            .whenComplete((sent, bug) -> room.release())
            .thenRun(later.afterwards())
            .exceptionally(Replies::lost);
  }

  /// Sends an answer once it is known, before or after any other. How many may be outstanding is
  /// for the room to limit.
  void aside(
      Outcome.Aside aside,
      Function<Reply, Optional<Answer>> answer,
      Function<Throwable, Answer> failed) {
    made(aside.reply(), answer, failed)
        .thenAccept(known -> known.ifPresent(this::send))
        .exceptionally(Replies::lost);
  }

  private static CompletableFuture<Optional<Answer>> made(
      CompletableFuture<? extends Reply> reply,
      Function<Reply, Optional<Answer>> answer,
      Function<Throwable, Answer> failed) {
    return reply.handle((value, failure) ->
        failure == null ? answer.apply(value) : Optional.of(failed.apply(failure)));
  }

  /// The answers behind it are still sent.
  private static Void lost(Throwable bug) {
    log.error("An answer, or what follows it, failed", bug);
    return null;
  }

  private void send(Answer answer) {
    connection.reply(answer.frame(), answer.reqId());
  }

  /// Waits until every answer so far was sent: what comes next may rely on what came before.
  void settle() {
    last.join();
  }
}
