package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.db.DatabaseException;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One round from commands to consequences: decide, write, tell. Used by one thread at a time.
///
/// A round is written in two transactions, side by side if it can be: new messages, and what became
/// of earlier ones. While they run, those whom the round before concerns are told of it: the
/// database and this thread need not wait for each other.
final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  private static final CompletableFuture<Optional<RuntimeException>> NOTHING_TO_DO =
      CompletableFuture.completedFuture(Optional.empty());

  private final Deliveries deliveries;
  private final Queue queue;
  private final Metrics metrics;
  private final Executor beside;

  /// What is on disk and nobody heard of yet, in order.
  private final Deque<Runnable> untold = new ArrayDeque<>();

  /// Where rounds are made durable. Both may be called at the same time, unless something is to be
  /// read from the table.
  interface Queue {
    /// Stores the messages of a round in one transaction, and notes those it knew.
    ///
    /// @throws DatabaseException if the database is busy or away; nothing is known to be kept then
    void store(Round round);

    /// Carries out all else of a round in one transaction, and fills in its results.
    ///
    /// @throws DatabaseException if the database is busy or away; nothing is known to be kept then
    void update(Round round);
  }

  /// @param beside runs one transaction while another runs; two threads are enough
  Ledger(Deliveries deliveries, Queue queue, Metrics metrics, Executor beside) {
    this.deliveries = deliveries;
    this.queue = queue;
    this.metrics = metrics;
    this.beside = beside;
  }

  boolean hasWork() {
    return deliveries.hasWork();
  }

  int remembered() {
    return deliveries.remembered();
  }

  /// Carries out commands, and tells what the attempt before has put on disk. What this one puts
  /// there is told by the next, or by {@link #tell}.
  ///
  /// @return false if the database is away: what could be refused was refused, the rest is
  ///   remembered
  boolean attempt(List<Command> commands) {
    Round round = deliveries.begin(commands);
    boolean stores = !round.postings().isEmpty();
    boolean updates = round.changesCopies();
    boolean tells = !untold.isEmpty();
    var stored = begun(stores, updates || tells, () -> store(round));
    // what is read from the table must not miss what this round puts there: nobody looks again
    var before = round.claims().isEmpty() ? NOTHING_TO_DO : stored;
    var updated =
        before.thenCompose(done -> begun(updates, stores || tells, () -> queue.update(round)));
    tell();
    boolean available = updated(round, updated.join());
    return stored(round, stored.join()) && available;
  }

  /// Starts a transaction.
  ///
  /// @param others whether this thread has other things to do; a lone message is spared the way to
  ///   another thread
  /// @return what it failed with
  private CompletableFuture<Optional<RuntimeException>> begun(
      boolean needed, boolean others, Runnable transaction) {
    return needed
        ? CompletableFuture.supplyAsync(() -> tried(transaction), others ? beside : Runnable::run)
        : NOTHING_TO_DO;
  }

  private static Optional<RuntimeException> tried(Runnable transaction) {
    try {
      transaction.run();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(e);
    } catch (Error e) {
      return Optional.of(new IllegalStateException("A round could not be written", e));
    }
  }

  private void store(Round round) {
    long start = System.nanoTime();
    queue.store(round);
    metrics.committed(round.postings().size(), Duration.ofNanos(System.nanoTime() - start));
  }

  /// Tells everybody what is on disk. A bug in the telling of one thing must not keep back the
  /// rest, nor what is being written: what nobody confirmed is pushed again, or sent again.
  void tell() {
    while (!untold.isEmpty()) {
      try {
        untold.poll().run();
      } catch (RuntimeException bug) {
        log.error("Somebody could not be told of what is on disk", bug);
      }
    }
  }

  private boolean updated(Round round, Optional<RuntimeException> failure) {
    if (failure.isEmpty()) {
      untold.addAll(deliveries.updated(round));
      return true;
    }
    if (failure.get() instanceof DatabaseException e) {
      log.warn("Changes of the queue wait: it cannot be written ({})", e.getMessage());
    } else {
      log.error(
          "A change of the queue failed and is dropped; what nobody confirmed is pushed again",
          failure.get());
      deliveries.forgetRemembered();
    }
    deliveries.notUpdated(round, busy());
    return false;
  }

  private boolean stored(Round round, Optional<RuntimeException> failure) {
    if (failure.isEmpty()) {
      // what is fresh for a peer comes before what the table still had for it
      deliveries.stored(round).reversed().forEach(untold::addFirst);
      return true;
    }
    if (failure.get() instanceof DatabaseException e) {
      log.warn(
          "The queue cannot be written ({}); {} messages were refused",
          e.getMessage(),
          round.postings().size());
      deliveries.notStored(round, busy());
      return false;
    }
    return isolate(round, failure.get());
  }

  /// One bad row must not take others with it: tries each message alone, and lets go of what fails.
  private boolean isolate(Round round, RuntimeException failure) {
    if (round.postings().size() == 1) {
      log.error("A message could not be written", failure);
      deliveries.notStored(
          round,
          new Problem(
              ProblemCode.INTERNAL, "The message could not be stored; the broker's log says why"));
      return true;
    }
    log.warn(
        "{} messages could not be written together; trying each alone", round.postings().size());
    deliveries.withdraw(round);
    boolean available = true;
    for (Round.Posting posting : round.postings()) {
      available &= attempt(List.of(posting.accept()));
    }
    return available;
  }

  /// Refuses a message that was not tried.
  void refuse(Command.Accept accept, Problem problem) {
    deliveries.refuse(accept, problem);
  }

  static Problem busy() {
    return new Problem(
        ProblemCode.BUSY, "The broker cannot store messages right now. Try again in a moment");
  }
}
