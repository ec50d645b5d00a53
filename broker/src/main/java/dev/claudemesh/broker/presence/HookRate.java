package dev.claudemesh.broker.presence;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// How often one session's hooks may report: a bucket a key, refilled evenly. Above the most keys,
/// the longest unused is forgotten.
///
/// Thread-safe.
final class HookRate {
  private final int perMinute;
  private final Map<String, Bucket> buckets;

  private record Bucket(double tokens, Instant at) {}

  /// @param perMinute 0 means no limit
  HookRate(int perMinute, int maxKeys) {
    this.perMinute = perMinute;
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > maxKeys;
          }
        };
  }

  /// Takes one report of a key.
  ///
  /// @return false if there were too many
  synchronized boolean take(String key, Instant now) {
    if (perMinute == 0) {
      return true;
    }
    Bucket before = buckets.getOrDefault(key, new Bucket(perMinute, now));
    double seconds = Math.max(0, Duration.between(before.at(), now).toMillis() / 1000.0);
    double tokens = Math.min(perMinute, before.tokens() + seconds * perMinute / 60);
    boolean allowed = tokens >= 1;
    buckets.put(key, new Bucket(allowed ? tokens - 1 : tokens, now));
    return allowed;
  }
}
