package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import java.time.Duration;
import java.util.ArrayList;
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

/// Sends what is in the outbox, in order, without waiting for the answers: so many messages are on
/// their way at a time. Nothing is sent before it is kept.
///
/// A refusal that may pass (rate limit, a busy broker) holds up what is behind it: the broker
/// refuses that, too, until the refused message comes again. So when everything on its way is
/// answered, all that was refused is sent again after a pause, in its old order. Any other refusal
/// takes out that message alone. After a lost connection everything unanswered is sent again, in
/// order; the broker recognises what it has. All but {@link #add} happens on one lane.
final class OutboxPump {
  /// A message that the broker stumbles over each time must not stop the others for ever.
  private static final int MAX_STUMBLES = 5;

  private final Outbox outbox;
  private final ClientLimits limits;
  private final Supplier<MeshFacts> mesh;
  private final Function<Outbox.Entry, Optional<Outbox.Entry>> reseal;
  private final BiConsumer<String, Problem> refusedUnwaited;
  private final Lane lane;
  private final Unacked unacked = new Unacked();
  private final Map<String, CompletableFuture<Ack>> futures = new ConcurrentHashMap<>();
  private final List<CompletableFuture<Void>> drains = new ArrayList<>();
  private Optional<FrameSocket> socket = Optional.empty();

  /// The pause before what was refused is sent again, while answers are still out.
  private Optional<Duration> resending = Optional.empty();

  private boolean pausing;
  private boolean watching;
  private String stumbler = "";
  private int stumbles;

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
    outbox.pending().forEach(unacked::add);
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
      if (kept(entry)) {
        unacked.add(entry);
        sendNext();
      }
    });
    return future;
  }

  /// What was put while an earlier one waited for the disk was kept with it.
  private boolean kept(Outbox.Entry entry) {
    try {
      outbox.sync();
      return true;
    } catch (Problem notKept) {
      finish(entry, notKept);
      return false;
    }
  }

  void opened(FrameSocket open) {
    lane.put(() -> {
      socket = Optional.of(open);
      startAgain();
      sendNext();
    });
  }

  /// @param tooBig whether the broker ended the connection because a frame was too long for it;
  ///   then the longest was
  void lost(boolean tooBig) {
    lane.put(() -> {
      socket = Optional.empty();
      if (tooBig) {
        unacked
            .longest()
            .flatMap(unacked::answered)
            .ifPresent(longest ->
                finish(
                    longest,
                    new Problem(
                        ProblemCode.TOO_LARGE,
                        "The broker takes no message as long as this one. Shorten it, or send it"
                            + " as a file.")));
      }
      startAgain();
    });
  }

  private void startAgain() {
    unacked.again();
    resending = Optional.empty();
  }

  private void sendNext() {
    if (socket.isEmpty() || pausing) {
      return;
    }
    if (resending.isPresent()) {
      if (unacked.inFlight() == 0) {
        pause(resending.get());
      }
      return;
    }
    while (unacked.inFlight() < limits.maxUnacked() && unacked.next().isPresent()) {
      send(current(unacked.next().get()), socket.get());
    }
    if (unacked.isEmpty()) {
      drained();
    }
  }

  private void send(Outbox.Entry entry, FrameSocket to) {
    byte[] frame = Wire.encode(entry.frame(), Optional.of(entry.clientMessageId()));
    unacked.send(entry, System.nanoTime());
    if (frame.length > mesh.get().maxFrameBytes()) {
      unacked.answered(entry.clientMessageId());
      finish(entry, tooLarge(frame.length, mesh.get().maxFrameBytes()));
      return;
    }
    to.send(frame);
    if (!watching) {
      watch(limits.callTimeout());
    }
  }

  /// Of an ended epoch, a message is encrypted anew before it is sent, if the new key is here.
  private Outbox.Entry current(Outbox.Entry entry) {
    boolean ended = entry.frame().epoch().filter(epoch -> epoch < mesh.get().epoch()).isPresent();
    return ended ? reseal.apply(entry).orElse(entry) : entry;
  }

  /// Makes an end of a connection on which the oldest message is not answered in time.
  private void watch(Duration patience) {
    watching = true;
    after(
        patience,
        () -> {
          watching = false;
          unacked
              .oldestNanos()
              .ifPresent(since -> {
                Duration left = limits.callTimeout().minusNanos(System.nanoTime() - since);
                if (left.isPositive()) {
                  watch(left);
                } else {
                  socket.ifPresent(silent ->
                      silent.abort(
                          "no answer to a message within "
                              + limits.callTimeout().toSeconds()
                              + " s"));
                }
              });
        });
  }

  private void after(Duration pause, Runnable task) {
    CompletableFuture.delayedExecutor(
            pause.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread)
        .execute(() -> lane.put(task));
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
      if (unacked.answered(ack.id()).isEmpty()) {
        return; // answered twice, after a lost connection
      }
      outbox.remove(ack.id());
      Optional.ofNullable(futures.remove(ack.id()))
          .ifPresent(future -> future.completeAsync(() -> ack, Thread::startVirtualThread));
      sendNext();
    });
  }

  /// The broker refused a message.
  void refused(String clientMessageId, Problem why) {
    lane.put(() -> {
      unacked.sent(clientMessageId).ifPresent(entry -> refused(entry, why));
      sendNext();
    });
  }

  private void refused(Outbox.Entry entry, Problem why) {
    String id = entry.clientMessageId();
    if (resending.isPresent() && (why.code().retryable() || stale(why))) {
      unacked.again(id); // because of the one before it
      return;
    }
    int before = stumbler.equals(id) ? stumbles : 0;
    stumbler = id;
    stumbles = before + 1;
    if (stale(why) && before < MAX_STUMBLES && reseal.apply(entry).isPresent()) {
      unacked.again(id);
      resending = Optional.of(Duration.ZERO);
    } else if (mayPass(why, before)) {
      unacked.again(id);
      resending =
          Optional.of(
              Backoff.pause(
                  before,
                  limits.firstPause(),
                  limits.maxPause(),
                  ThreadLocalRandom.current().nextDouble()));
    } else {
      unacked.answered(id);
      finish(entry, why);
    }
  }

  private static boolean stale(Problem why) {
    return why.code() == ProblemCode.STALE_EPOCH;
  }

  private boolean mayPass(Problem why, int stumblesBefore) {
    if (!limits.reconnect()) {
      return false;
    }
    return switch (why.code()) {
      // the broker's own fault may be this message's; the key of a new epoch may be on its way
      case INTERNAL, STALE_EPOCH -> stumblesBefore < MAX_STUMBLES;
      case ProblemCode other -> other.retryable();
    };
  }

  private void pause(Duration pause) {
    resending = Optional.empty();
    pausing = true;
    after(
        pause,
        () -> {
          pausing = false;
          sendNext();
        });
  }

  private void finish(Outbox.Entry entry, Problem why) {
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
      List<Outbox.Entry> foreign =
          unacked.remove(entry ->
              !entry.sender().equals(sender)
                  && entry.frame().enc().filter(Encryption.BOX::equals).isPresent());
      foreign.forEach(entry ->
          finish(
              entry,
              new Problem(
                  ProblemCode.UNDECRYPTABLE,
                  "A message of an earlier session was left unsent; it was encrypted by that"
                      + " session's key. Send it again.")));
    });
  }

  /// Completes when nothing waits, or nothing will be sent any more.
  CompletableFuture<Void> empty() {
    CompletableFuture<Void> empty = new CompletableFuture<>();
    lane.put(() -> {
      drains.add(empty);
      if (unacked.isEmpty()) {
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
      startAgain();
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
