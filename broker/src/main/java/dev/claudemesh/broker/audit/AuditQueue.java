package dev.claudemesh.broker.audit;

import dev.claudemesh.broker.audit.AuditRules.Sent;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What waits for the audit's writer. Thread-safe.
///
/// Operations, for whose entry a caller waits, wake the writer at once. Notes (arrivals,
/// departures, messages) are written along with them, or by themselves once one is a second old:
/// nobody waits for a note, and many of one second cost one commit.
final class AuditQueue {
  /// Operations whose callers wait; a further one waits for room, then it is told `busy`.
  private static final int MOST_OPERATIONS = 4_096;

  /// Arrivals and departures; at the limit a further one is refused.
  private static final int MOST_NOTES = 100_000;

  /// Pairs of sender and target that are counted apart between two rounds, so that a flood of
  /// messages to ever other targets costs few rows; at the limit a sender's further targets are
  /// counted as one without a name.
  private static final int MOST_TARGETS = 256;

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration GATHERING = Duration.ofSeconds(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition work = lock.newCondition();
  private final Condition room = lock.newCondition();
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final Map<Sent, Long> sent = new LinkedHashMap<>();
  private int operations;
  private long oldestNote;
  private boolean notes;
  private boolean closed;

  /// One thing that is to be written.
  ///
  /// @param written whoever waits for it
  record Waiting(Happened happened, Optional<CompletableFuture<Void>> written) {}

  /// What the writer takes at once.
  record Round(List<Waiting> waiting, Map<Sent, Long> sent) {
    boolean isEmpty() {
      return waiting.isEmpty() && sent.isEmpty();
    }

    /// The same as one round a mesh.
    List<Round> apart() {
      Map<String, Round> meshes = new TreeMap<>();
      waiting.forEach(one -> of(meshes, one.happened().meshId()).waiting().add(one));
      sent.forEach((message, count) -> of(meshes, message.meshId()).sent().put(message, count));
      return List.copyOf(meshes.values());
    }

    private static Round of(Map<String, Round> meshes, String meshId) {
      return meshes.computeIfAbsent(
          meshId, mesh -> new Round(new ArrayList<>(), new LinkedHashMap<>()));
    }
  }

  /// Adds an operation, waiting for room.
  ///
  /// @throws Problem `busy` if there is none for long, `shutting_down` once closed
  CompletableFuture<Void> submit(Happened operation) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    lock.lock();
    try {
      long nanos = PATIENCE.toNanos();
      while (operations >= MOST_OPERATIONS && !closed && nanos > 0) {
        nanos = room.awaitNanos(nanos);
      }
      if (closed) {
        throw shuttingDown();
      }
      if (operations >= MOST_OPERATIONS) {
        throw busy();
      }
      operations++;
      waiting.add(new Waiting(operation, Optional.of(written)));
      work.signal();
      return written;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw shuttingDown();
    } finally {
      lock.unlock();
    }
  }

  /// Adds what nobody waits for.
  ///
  /// @return false if there is no room for it
  boolean note(Happened happened) {
    lock.lock();
    try {
      if (closed || waiting.size() - operations >= MOST_NOTES) {
        return false;
      }
      waiting.add(new Waiting(happened, Optional.empty()));
      noted();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /// Counts messages that were accepted.
  void count(Sent message, long number) {
    lock.lock();
    try {
      add(message, number);
      noted();
    } finally {
      lock.unlock();
    }
  }

  private void add(Sent message, long number) {
    boolean known = sent.containsKey(message) || sent.size() < MOST_TARGETS;
    sent.merge(known ? message : message.toAny(), number, Long::sum);
  }

  private void noted() {
    if (!notes) {
      notes = true;
      oldestNote = System.nanoTime();
      work.signal();
    }
  }

  /// What waits, up to so many operations and notes. Waits for something that is due.
  ///
  /// @return an empty round only once closed and all was taken
  Round take(int most) throws InterruptedException {
    lock.lock();
    try {
      while (operations == 0 && !closed && !full(most)) {
        if (!notes) {
          work.await();
          continue;
        }
        long left = oldestNote + GATHERING.toNanos() - System.nanoTime();
        if (left <= 0) {
          break;
        }
        work.await(left, TimeUnit.NANOSECONDS);
      }
      return next(most);
    } finally {
      lock.unlock();
    }
  }

  private boolean full(int most) {
    return waiting.size() >= most;
  }

  private Round next(int most) {
    List<Waiting> taken = new ArrayList<>();
    while (taken.size() < most && !waiting.isEmpty()) {
      Waiting next = waiting.poll();
      taken.add(next);
      operations -= next.written().isPresent() ? 1 : 0;
    }
    Map<Sent, Long> counted = Map.copyOf(sent);
    sent.clear();
    notes = waiting.size() > operations;
    oldestNote = System.nanoTime();
    room.signalAll();
    return new Round(taken, counted);
  }

  /// Takes notes back that could not be written, before all others.
  void putBack(List<Waiting> notes, Map<Sent, Long> counted) {
    lock.lock();
    try {
      notes.reversed().forEach(waiting::addFirst);
      counted.forEach(this::add);
      if (!notes.isEmpty() || !counted.isEmpty()) {
        noted();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes nothing any more; what is there can still be taken out.
  void close() {
    lock.lock();
    try {
      closed = true;
      work.signalAll();
      room.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  static Problem busy() {
    return new Problem(
        ProblemCode.BUSY,
        "It was done, but could not be written to the audit. Look before you repeat it");
  }

  private static Problem shuttingDown() {
    return new Problem(
        ProblemCode.SHUTTING_DOWN,
        "It was done, but the broker stops before it was written to the audit");
  }
}
