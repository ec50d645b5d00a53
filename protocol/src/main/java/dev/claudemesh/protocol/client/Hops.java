package dev.claudemesh.protocol.client;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How many agent messages each message answered, transitively, so that an answer can count one
/// more. Remembers the last 10,000. Thread-safe.
final class Hops {
  private static final int REMEMBERED = 10_000;

  private final Map<String, Integer> byMessage =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
          return size() > REMEMBERED;
        }
      };

  synchronized void note(String messageId, int hops) {
    byMessage.put(messageId, hops);
  }

  /// Hops of a message that answers another, or none. An answer to something unknown counts one.
  synchronized int of(Optional<String> replyToId) {
    return replyToId.map(id -> byMessage.getOrDefault(id, 0) + 1).orElse(0);
  }
}
