package dev.claudemesh.broker;

import dev.claudemesh.db.DatabaseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What must be looked at again and again because only time makes it happen. One thread; a sweep
/// never overlaps itself or another.
///
/// A sweep that fails is tried again at its next turn: all of them find what they missed.
final class Sweeps implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Sweeps.class);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final List<Sweep> sweeps = new ArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("sweeps").daemon().factory());

  private record Sweep(Duration interval, String name, Consumer<Instant> work) {}

  Sweeps(InstantSource clock) {
    this.clock = clock;
  }

  Sweeps every(Duration interval, String name, Consumer<Instant> work) {
    sweeps.add(new Sweep(interval, name, work));
    return this;
  }

  void start() {
    for (Sweep sweep : sweeps) {
      long millis = sweep.interval().toMillis();
      thread.scheduleWithFixedDelay(() -> run(sweep), millis, millis, TimeUnit.MILLISECONDS);
    }
  }

  /// Each once, now, in order; waits for them.
  void all() {
    try {
      thread.submit(() -> sweeps.forEach(this::run)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("A sweep cannot fail here", e);
    }
  }

  private void run(Sweep sweep) {
    try {
      sweep.work().accept(clock.instant());
    } catch (DatabaseException e) {
      log.warn("The sweep of {} must wait: {}", sweep.name(), e.getMessage());
    } catch (RuntimeException | Error bug) {
      log.error("The sweep of {} failed", sweep.name(), bug);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("A sweep did not end in {} s", PATIENCE.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
