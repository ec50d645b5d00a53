package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// Sends what is in the outbox, one message at a time and in order: the next one goes when the
/// broker has the last one on disk.
///
/// A refusal that may pass (rate limit, a busy broker) makes it pause and send the same message
/// again; any other takes the message out. After a lost connection it begins with the message that
/// was not acknowledged; the broker recognises it. All but {@link #add} happens on one lane.
final class OutboxPump {
  /// A message that the broker stumbles over each time must not stop the others for ever.
  private static final int MAX_STUMBLES = 5;

  private final Outbox outbox;
  private final ClientLimits limits;
  private final Supplier<MeshFacts> mesh;
  private final Function<Outbox.Entry, Optional<Outbox.Entry>> reseal;
  private final BiConsumer<String, Problem> refusedUnwaited;
  private final Lane lane;
  private final Deque<Outbox.Entry> waiting = new ArrayDeque<>();
  private final Map<String, CompletableFuture<Ack>> futures = new ConcurrentHashMap<>();
  private Optional<FrameSocket> socket = Optional.empty();
  private Optional<CompletableFuture<Void>> inFlight = Optional.empty();
  private boolean pausing;
  private int stumbles;
  private final List<CompletableFuture<Void>> drains = new ArrayList<>();

  /// @param reseal makes a message of an ended epoch one of the current, if the key is here
  /// @param refusedUnwaited told of messages that were refused and whose future nobody holds
  OutboxPump(
      Outbox outbox,
      ClientLimits limits,
      Supplier<MeshFacts> mesh,
      Function<Outbox.Entry, Optional<Outbox.Entry>> reseal,
      BiConsumer<String, Problem> refusedUnwaited) {
    this.outbox = outbox;
    this.limits = limits;
    this.mesh = mesh;
    this.reseal = reseal;
    this.refusedUnwaited = refusedUnwaited;
    this.lane = new Lane("claudemesh-outbox", 2 * Outbox.LIMIT + 100);
    waiting.addAll(outbox.pending());
  }

  /// Keeps a message and sends it when its turn comes. The lock makes the order in the outbox that
  /// of the sending.
  ///
  /// @throws Problem `limit` if too many wait
  synchronized CompletableFuture<Ack> add(Outbox.Entry entry) {
    outbox.put(entry);
    CompletableFuture<Ack> future = new CompletableFuture<>();
    futures.put(entry.clientMessageId(), future);
    lane.put(() -> {
      waiting.addLast(entry);
      sendNext();
    });
    return future;
  }

  void opened(FrameSocket open) {
    lane.put(() -> {
      socket = Optional.of(open);
      settle();
      sendNext();
    });
  }

  /// @param tooBig whether the broker ended the connection because a frame was too long for it
  void lost(boolean tooBig) {
    lane.put(() -> {
      socket = Optional.empty();
      boolean sent = inFlight.isPresent();
      settle();
      if (tooBig && sent && !waiting.isEmpty()) {
        finish(
            waiting.peekFirst(),
            new Problem(
                ProblemCode.TOO_LARGE,
                "The broker takes no message as long as this one. Shorten it, or send it as a"
                    + " file."));
      }
    });
  }

  private void settle() {
    inFlight.ifPresent(timer -> timer.complete(null));
    inFlight = Optional.empty();
  }

  private void sendNext() {
    if (socket.isEmpty() || inFlight.isPresent() || pausing) {
      return;
    }
    while (!waiting.isEmpty()) {
      Outbox.Entry entry = waiting.peekFirst();
      byte[] frame = Wire.encode(entry.frame(), Optional.of(entry.clientMessageId()));
      if (frame.length > mesh.get().maxFrameBytes()) {
        finish(entry, tooLarge(frame.length, mesh.get().maxFrameBytes()));
        continue;
      }
      CompletableFuture<Void> timer = new CompletableFuture<>();
      FrameSocket used = socket.get();
      inFlight = Optional.of(timer);
      timer
          .orTimeout(limits.callTimeout().toMillis(), TimeUnit.MILLISECONDS)
          .exceptionally(late -> {
            used.abort("no answer to a message within " + limits.callTimeout().toSeconds() + " s");
            return null;
          });
      used.send(frame);
      return;
    }
    drained();
  }

  static Problem tooLarge(int bytes, int limit) {
    return new Problem(
        ProblemCode.TOO_LARGE,
        "The message takes "
            + bytes
            + " bytes when it is encrypted; this broker takes "
            + limit
            + " at most, which is about "
            + (limit / 4 * 3 - 1_000)
            + " bytes of text. Shorten it, or send it as a file.");
  }

  /// The broker has a message on disk.
  void acknowledged(Ack ack) {
    lane.put(() -> {
      Outbox.Entry entry = waiting.peekFirst();
      if (entry == null || !entry.clientMessageId().equals(ack.id())) {
        return; // answered twice, after a lost connection
      }
      settle();
      waiting.removeFirst();
      stumbles = 0;
      outbox.remove(ack.id());
      Optional.ofNullable(futures.remove(ack.id()))
          .ifPresent(future -> future.completeAsync(() -> ack, Thread::startVirtualThread));
      sendNext();
    });
  }

  /// The broker refused a message.
  void refused(String clientMessageId, Problem why) {
    lane.put(() -> {
      Outbox.Entry entry = waiting.peekFirst();
      if (entry == null || !entry.clientMessageId().equals(clientMessageId)) {
        return;
      }
      settle();
      Optional<Outbox.Entry> resealed =
          why.code() == ProblemCode.STALE_EPOCH ? reseal.apply(entry) : Optional.empty();
      if (resealed.isPresent() && stumbles++ < MAX_STUMBLES) {
        waiting.removeFirst();
        waiting.addFirst(resealed.get());
        outbox.put(resealed.get());
      } else if (mayPass(why)) {
        pause();
      } else {
        finish(entry, why);
      }
      sendNext();
    });
  }

  private boolean mayPass(Problem why) {
    if (!limits.reconnect()) {
      return false;
    }
    return switch (why.code()) {
      // the broker's own fault may be this message's; the key of a new epoch may be on its way
      case INTERNAL, STALE_EPOCH -> stumbles < MAX_STUMBLES;
      case ProblemCode other -> other.retryable();
    };
  }

  private void pause() {
    Duration pause =
        Backoff.pause(
            stumbles++,
            limits.firstPause(),
            limits.maxPause(),
            ThreadLocalRandom.current().nextDouble());
    pausing = true;
    CompletableFuture.delayedExecutor(
            pause.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
        .execute(() ->
            lane.put(() -> {
              pausing = false;
              sendNext();
            }));
  }

  private void finish(Outbox.Entry entry, Problem why) {
    waiting.remove(entry);
    stumbles = 0;
    outbox.remove(entry.clientMessageId());
    fail(entry.clientMessageId(), why);
  }

  private void fail(String id, Problem why) {
    CompletableFuture<Ack> future = futures.remove(id);
    if (future == null || future.isDone()) {
      refusedUnwaited.accept(id, why);
      return;
    }
    Thread.startVirtualThread(() -> future.completeExceptionally(why));
  }

  /// Takes out what this client cannot have sent: boxed by another key, it would not open.
  void dropForeign(String sender) {
    lane.put(() -> {
      for (Outbox.Entry entry : outbox.pending()) {
        if (!entry.sender().equals(sender)
            && entry.frame().enc().filter(Encryption.BOX::equals).isPresent()) {
          finish(
              entry,
              new Problem(
                  ProblemCode.UNDECRYPTABLE,
                  "A message of an earlier session was left unsent; it was encrypted by that"
                      + " session's key. Send it again."));
        }
      }
    });
  }

  /// Completes when nothing waits, or nothing will be sent any more.
  CompletableFuture<Void> empty() {
    CompletableFuture<Void> empty = new CompletableFuture<>();
    lane.put(() -> {
      drains.add(empty);
      if (waiting.isEmpty()) {
        drained();
      }
    });
    return empty;
  }

  private void drained() {
    drains.forEach(drain -> drain.complete(null));
    drains.clear();
  }

  /// Tells who waits that nothing will be sent by this client any more. What waits stays in the
  /// outbox.
  void gaveUp(Problem why) {
    lane.put(() -> {
      socket = Optional.empty();
      settle();
      futures
          .values()
          .forEach(future -> Thread.startVirtualThread(() -> future.completeExceptionally(why)));
      futures.clear();
      drained();
    });
  }

  /// Ends the sending. What waits stays in the outbox; who waits for it is told so.
  void stop(Problem why) {
    lane.stop();
    lane.awaitEnd(Duration.ofSeconds(1));
    futures.values().forEach(future -> future.completeExceptionally(why));
    futures.clear();
  }
}
