package dev.claudemesh.broker.kernel;

import java.time.Duration;
import java.time.Instant;

/// Lets `burst` things through at once and `perMinute` in the long run. Not thread-safe: its holder
/// is.
final class TokenBucket {
  private static final double MILLIS_A_MINUTE = 60_000;

  private final double perMinute;
  private final double burst;
  private double tokens;
  private Instant at;

  TokenBucket(int perMinute, int burst, Instant now) {
    this.perMinute = perMinute;
    this.burst = burst;
    this.tokens = burst;
    this.at = now;
  }

  /// Takes a token if there is one.
  boolean take(Instant now) {
    refill(now);
    if (tokens < 1) {
      return false;
    }
    tokens--;
    return true;
  }

  boolean empty(Instant now) {
    refill(now);
    return tokens < 1;
  }

  /// How long until there is a token.
  Duration wait(Instant now) {
    refill(now);
    return tokens >= 1
        ? Duration.ZERO
        : Duration.ofMillis((long) Math.ceil((1 - tokens) * MILLIS_A_MINUTE / perMinute));
  }

  /// A clock that was set back refills nothing, and counts on from where it is now.
  private void refill(Instant now) {
    double millis = Math.max(0, Duration.between(at, now).toMillis());
    tokens = Math.min(burst, tokens + millis * perMinute / MILLIS_A_MINUTE);
    at = now;
  }
}
