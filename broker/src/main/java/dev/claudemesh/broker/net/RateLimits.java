package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.net.InetAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// How often whom is listened to: messages by member, other frames by connection, and by address
/// whoever has proven nothing.
///
/// A rate of 0 means no limit. Thread-safe.
final class RateLimits {
  private final Buckets<String> sends;
  private final Buckets<String> frames;
  private final Buckets<InetAddress> failures;
  private final Buckets<InetAddress> open;

  RateLimits(LimitsConfig limits, InstantSource clock) {
    LimitsConfig.Rates rates = limits.rates();
    int remembered = limits.sizes().rateBuckets();
    this.sends = new Buckets<>(rates.sendsPerMinute(), rates.sendBurst(), remembered, clock);
    this.frames = new Buckets<>(rates.framesPerMinute(), rates.frameBurst(), remembered, clock);
    this.failures =
        new Buckets<>(rates.openCallsPerMinute(), rates.openCallBurst(), remembered, clock);
    this.open = new Buckets<>(rates.openCallsPerMinute(), rates.openCallBurst(), remembered, clock);
  }

  /// @throws Problem `rate_limited`
  void send(String memberId) {
    sends.take(memberId, "This member sends too fast");
  }

  /// @param caller id of a connection, or of a member who calls over HTTP
  /// @throws Problem `rate_limited`
  void frame(String caller) {
    frames.take(caller, "Too many requests");
  }

  /// Before somebody tries to prove who they are.
  ///
  /// @throws Problem `rate_limited` if too many from there failed to
  void mayTry(InetAddress address) {
    failures.check(address, "Too many failed attempts from your address");
  }

  /// Somebody from there failed to prove who they are.
  void failed(InetAddress address) {
    failures.count(address);
  }

  /// Somebody from there asks for what anyone may.
  ///
  /// @throws Problem `rate_limited`
  void open(InetAddress address) {
    open.take(address, "Too many requests from your address");
  }

  void forget(String connectionId) {
    frames.forget(connectionId);
  }

  /// Token buckets by key, at most so many; then the longest unused is forgotten, which gives its
  /// holder a fresh burst and no more.
  private static final class Buckets<K> {
    private final int perMinute;
    private final int burst;
    private final InstantSource clock;
    private final Map<K, TokenBucket> buckets;

    Buckets(int perMinute, int burst, int remembered, InstantSource clock) {
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

    synchronized void take(K key, String complaint) {
      if (perMinute != 0 && !bucket(key).take(clock.instant())) {
        throw limited(bucket(key), complaint);
      }
    }

    synchronized void check(K key, String complaint) {
      if (perMinute != 0 && bucket(key).empty(clock.instant())) {
        throw limited(bucket(key), complaint);
      }
    }

    synchronized void count(K key) {
      if (perMinute != 0) {
        bucket(key).take(clock.instant());
      }
    }

    synchronized void forget(K key) {
      buckets.remove(key);
    }

    private TokenBucket bucket(K key) {
      return buckets.computeIfAbsent(key, k -> new TokenBucket(perMinute, burst, clock.instant()));
    }

    private Problem limited(TokenBucket bucket, String complaint) {
      Duration wait = bucket.wait(clock.instant());
      return new Problem(
          ProblemCode.RATE_LIMITED,
          complaint
              + " (limit "
              + perMinute
              + " a minute); try again in "
              + wait.toMillis()
              + " ms",
          Wire.mapper().createObjectNode().put("retryAfterMs", wait.toMillis()));
    }
  }
}
