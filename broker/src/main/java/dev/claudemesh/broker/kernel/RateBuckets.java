package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Token buckets by key, at most so many; then the longest unused is forgotten, which gives its
/// holder a fresh burst and no more. A rate of 0 means no limit. Thread-safe.
public final class RateBuckets<K> {
  private final int perMinute;
  private final int burst;
  private final InstantSource clock;
  private final Map<K, TokenBucket> buckets;

  public RateBuckets(int perMinute, int burst, int remembered, InstantSource clock) {
    this.perMinute = perMinute;
    this.burst = burst;
    this.clock = clock;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<K, TokenBucket> eldest) {
            return size() > remembered;
          }
        };
  }

  /// @throws Problem `rate_limited`
  public synchronized void take(K key, String complaint) {
    if (perMinute != 0 && !bucket(key).take(clock.instant())) {
      throw limited(bucket(key), complaint);
    }
  }

  /// Like {@link #take}, and takes nothing.
  ///
  /// @throws Problem `rate_limited`
  public synchronized void check(K key, String complaint) {
    if (perMinute != 0 && bucket(key).empty(clock.instant())) {
      throw limited(bucket(key), complaint);
    }
  }

  /// Takes one if there is one.
  public synchronized void count(K key) {
    if (perMinute != 0) {
      bucket(key).take(clock.instant());
    }
  }

  public synchronized void forget(K key) {
    buckets.remove(key);
  }

  private TokenBucket bucket(K key) {
    return buckets.computeIfAbsent(key, k -> new TokenBucket(perMinute, burst, clock.instant()));
  }

  private Problem limited(TokenBucket bucket, String complaint) {
    Duration wait = bucket.wait(clock.instant());
    return new Problem(
        ProblemCode.RATE_LIMITED,
        complaint + " (limit " + perMinute + " a minute); try again in " + wait.toMillis() + " ms",
        Wire.mapper().createObjectNode().put("retryAfterMs", wait.toMillis()));
  }
}
