package dev.claudemesh.bench.faults;

import java.util.function.BooleanSupplier;

/// How waiting for something ended.
record Awaiting(boolean happened) {
  private static final long STEP_MILLIS = 50;

  static Awaiting atMost(int seconds, BooleanSupplier what) throws InterruptedException {
    long deadline = Uptime.millis() + 1_000L * seconds;
    while (!what.getAsBoolean()) {
      if (Uptime.millis() > deadline) {
        return new Awaiting(false);
      }
      Thread.sleep(STEP_MILLIS);
    }
    return new Awaiting(true);
  }

  void orThrow(String otherwise) {
    if (!happened) {
      throw new IllegalStateException(otherwise);
    }
  }
}
