package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.db.DatabaseException;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One round from commands to consequences: decide, write, tell. Used by one thread at a time.
final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  private final Deliveries deliveries;
  private final Queue queue;
  private final Metrics metrics;

  /// Where rounds are made durable.
  interface Queue {
    /// Carries out a round in one transaction, and fills in its results.
    ///
    /// @throws DatabaseException if the database is busy or away; nothing is known to be kept then
    void write(Round round);
  }

  Ledger(Deliveries deliveries, Queue queue, Metrics metrics) {
    this.deliveries = deliveries;
    this.queue = queue;
    this.metrics = metrics;
  }

  boolean hasWork() {
    return deliveries.hasWork();
  }

  int remembered() {
    return deliveries.remembered();
  }

  /// Carries out commands in one transaction.
  ///
  /// @return false if the database is away: what could be refused was refused, the rest is
  ///   remembered
  boolean attempt(List<Command> commands) {
    Round round = deliveries.begin(commands);
    if (round.isEmpty()) {
      deliveries.committed(round);
      return true;
    }
    long start = System.nanoTime();
    try {
      queue.write(round);
    } catch (DatabaseException e) {
      log.warn(
          "The queue cannot be written ({}); {} messages were refused",
          e.getMessage(),
          round.postings().size());
      deliveries.failed(round, busy());
      return false;
    } catch (RuntimeException e) {
      return isolate(round, e);
    }
    if (!round.postings().isEmpty()) {
      metrics.committed(round.postings().size(), Duration.ofNanos(System.nanoTime() - start));
    }
    deliveries.committed(round);
    return true;
  }

  /// One bad row must not take others with it: tries what is remembered alone, then each message
  /// alone, and lets go of what fails.
  private boolean isolate(Round round, RuntimeException failure) {
    if (round.postings().isEmpty()) {
      log.error(
          "A change of the queue failed and is dropped; what nobody confirmed is pushed again",
          failure);
      deliveries.forgetRemembered();
      return false;
    }
    if (round.postings().size() == 1 && round.marks().isEmpty() && round.freed().isEmpty()) {
      log.error("A message could not be written", failure);
      deliveries.failed(
          round,
          new Problem(
              ProblemCode.INTERNAL, "The message could not be stored; the broker's log says why"));
      return true;
    }
    log.warn(
        "{} messages could not be written together; trying each alone", round.postings().size());
    deliveries.undone(round);
    boolean available = attempt(List.of());
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
