package dev.claudemesh.protocol.client;

import java.time.Duration;

/// How long to wait before the next try. Pure.
final class Backoff {
  private static final double JITTER = 0.2;

  private Backoff() {}

  /// Doubles from first up to max, ±20 %, so that many clients do not come back in the same moment.
  ///
  /// @param failures how many tries failed in a row, from 0
  /// @param random from 0 to 1
  static Duration pause(int failures, Duration first, Duration max, double random) {
    double doubled = first.toMillis() * Math.pow(2, Math.min(failures, 30));
    double bounded = Math.min(doubled, max.toMillis());
    return Duration.ofMillis(Math.round(bounded * (1 - JITTER + 2 * JITTER * random)));
  }
}
