package dev.claudemesh.broker.kernel;

import dev.claudemesh.db.DatabaseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does one piece of work at the earliest time anybody asked for. Owns one thread, which sleeps
/// until then and is woken by whoever asks for an earlier time.
///
/// Work that fails is tried again after a while. It does not feel a clock being put forward while
/// it sleeps: somebody must look now and then, too.
public final class Alarm {
  private static final Logger log = LoggerFactory.getLogger(Alarm.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(5);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final String name;
  private final InstantSource clock;
  private final Supplier<Optional<Instant>> work;
  private final ScheduledThreadPoolExecutor thread;
  private Optional<Armed> armed = Optional.empty();

  private record Armed(Instant due, ScheduledFuture<?> ring) {}

  /// @param work what to do; tells when there is more to do
  public Alarm(String name, InstantSource clock, Supplier<Optional<Instant>> work) {
    this.name = name;
    this.clock = clock;
    this.work = work;
    this.thread =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name(name).daemon().factory());
    thread.setRemoveOnCancelPolicy(true);
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /// Works at this time, or at an earlier one that was asked for before. How long that is from now
  /// is looked at anew, in case the clock was put forward since.
  public synchronized void at(Instant asked) {
    if (thread.isShutdown()) {
      return;
    }
    Instant due = armed.map(Armed::due).filter(earlier -> earlier.isBefore(asked)).orElse(asked);
    // one more, since the rest of a millisecond is cut off
    long millis = Math.max(0, Duration.between(clock.instant(), due).toMillis() + 1);
    if (armed.filter(set -> set.ring().getDelay(TimeUnit.MILLISECONDS) <= millis).isEmpty()) {
      armed.ifPresent(set -> set.ring().cancel(false));
      armed =
          Optional.of(new Armed(due, thread.schedule(this::ring, millis, TimeUnit.MILLISECONDS)));
    }
  }

  private void ring() {
    synchronized (this) {
      armed = Optional.empty();
    }
    try {
      work.get().ifPresent(this::at);
    } catch (DatabaseException e) {
      log.warn("The work of {} must wait: {}", name, e.getMessage());
      at(clock.instant().plus(AFTER_FAILURE));
    } catch (RuntimeException | Error bug) {
      log.error("The work of {} failed", name, bug);
      at(clock.instant().plus(AFTER_FAILURE));
    }
  }

  /// Ends the thread; waits for work that is being done. May be called twice.
  public void stop() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("The work of {} did not end in {} s", name, STOP.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
