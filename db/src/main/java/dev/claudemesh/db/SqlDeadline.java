package dev.claudemesh.db;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// The moment at which something is ended that has not ended by then, whatever it does meanwhile: a
/// server that sends a notice now and then keeps a reader waiting for ever. Thread-safe.
final class SqlDeadline {

  private static final ScheduledThreadPoolExecutor TIMER = timer();

  private final AtomicBoolean over = new AtomicBoolean();
  private final Future<?> timer;

  /// @param end what is done then, in a thread of its own
  SqlDeadline(Duration limit, Runnable end) {
    timer =
        after(
            limit,
            () -> {
              if (over.compareAndSet(false, true)) {
                end.run();
              }
            });
  }

  /// It has ended by itself; true if it was left alone until now, and will be.
  boolean met() {
    timer.cancel(false);
    return over.compareAndSet(false, true);
  }

  /// Does something later, in a thread of its own.
  static Future<?> after(Duration delay, Runnable work) {
    return TIMER.schedule(
        () -> Thread.startVirtualThread(work), delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static ScheduledThreadPoolExecutor timer() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("claudemesh-sql-deadlines").factory());
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }
}
