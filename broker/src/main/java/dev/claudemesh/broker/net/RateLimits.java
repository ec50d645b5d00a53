package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.RateBuckets;
import dev.claudemesh.protocol.Problem;
import java.net.InetAddress;
import java.time.InstantSource;

/// How often whom is listened to: messages by member, other frames by connection, and by address
/// whoever has proven nothing.
///
/// A rate of 0 means no limit. Thread-safe.
final class RateLimits {
  private final RateBuckets<String> sends;
  private final RateBuckets<String> frames;
  private final RateBuckets<InetAddress> failures;
  private final RateBuckets<InetAddress> open;

  RateLimits(LimitsConfig limits, InstantSource clock) {
    LimitsConfig.Rates rates = limits.rates();
    int remembered = limits.sizes().rateBuckets();
    this.sends = new RateBuckets<>(rates.sendsPerMinute(), rates.sendBurst(), remembered, clock);
    this.frames = new RateBuckets<>(rates.framesPerMinute(), rates.frameBurst(), remembered, clock);
    this.failures =
        new RateBuckets<>(rates.openCallsPerMinute(), rates.openCallBurst(), remembered, clock);
    this.open =
        new RateBuckets<>(rates.openCallsPerMinute(), rates.openCallBurst(), remembered, clock);
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
}
