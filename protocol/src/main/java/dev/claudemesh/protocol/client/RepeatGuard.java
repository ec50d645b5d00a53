package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/// Refuses the same text to the same target too often: two agents that answer each other with the
/// same words would never stop, and the broker cannot compare what it cannot read. Remembers
/// hashes, not texts. Thread-safe.
final class RepeatGuard {
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int REMEMBERED = 1_000;

  private final int limit;
  private final Map<String, Deque<Instant>> sent =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Deque<Instant>> eldest) {
          return size() > REMEMBERED;
        }
      };

  RepeatGuard(int limit) {
    this.limit = limit;
  }

  /// Counts a message.
  ///
  /// @throws Problem `repeated` if it is one too many; then it is not counted
  synchronized void count(String target, String text, Instant now) {
    Deque<Instant> times =
        sent.computeIfAbsent(
            target + "|" + Keys.sha256Hex(text.getBytes(StandardCharsets.UTF_8)),
            key -> new ArrayDeque<>());
    while (!times.isEmpty() && !times.peekFirst().isAfter(now.minus(WINDOW))) {
      times.removeFirst();
    }
    if (times.size() >= limit) {
      throw new Problem(
          ProblemCode.REPEATED,
          "The same text went to this target "
              + limit
              + " times within a minute. Do not repeat it: say something new, or wait for an"
              + " answer.");
    }
    times.addLast(now);
  }
}
