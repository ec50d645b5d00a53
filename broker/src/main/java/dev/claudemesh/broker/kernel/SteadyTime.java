package dev.claudemesh.broker.kernel;

import java.time.Instant;
import java.time.InstantSource;

/// Time that only goes forward: for what lasts a while in this process, such as a lease in memory.
/// A clock that is put forward would end all of these at once. Its instants mean nothing to anybody
/// else, and must not be stored.
public final class SteadyTime implements InstantSource {
  @Override
  public Instant instant() {
    return Instant.EPOCH.plusNanos(System.nanoTime());
  }
}
