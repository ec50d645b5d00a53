package dev.claudemesh.broker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// The system's clock, which a test can put forward or back.
public final class TestClock implements InstantSource {
  private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);

  @Override
  public Instant instant() {
    return Instant.now().plus(offset.get());
  }

  /// Puts the clock forward, or back by a negative duration.
  public void advance(Duration by) {
    offset.updateAndGet(by::plus);
  }
}
