package dev.claudemesh.bench.faults;

/// Time that no fault moves, and that all processes of a machine share: since the machine started.
final class Uptime {
  private Uptime() {}

  static long millis() {
    return System.nanoTime() / 1_000_000;
  }
}
