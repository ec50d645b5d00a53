package dev.claudemesh.mcp;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// What this session has done on the mesh since it started. Thread-safe.
final class Counters {
  private final Instant started;
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();

  Counters(Instant started) {
    this.started = started;
  }

  void received() {
    received.incrementAndGet();
  }

  void sent() {
    sent.incrementAndGet();
  }

  void called() {
    calls.incrementAndGet();
  }

  void failed() {
    errors.incrementAndGet();
  }

  /// By the names of the wire; uptime in seconds.
  Map<String, Long> at(Instant now) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("messagesIn", received.get());
    counts.put("messagesOut", sent.get());
    counts.put("toolCalls", calls.get());
    counts.put("errors", errors.get());
    counts.put("uptime", Duration.between(started, now).toSeconds());
    return counts;
  }
}
