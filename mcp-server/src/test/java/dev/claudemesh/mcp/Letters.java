package dev.claudemesh.mcp;

import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.Optional;

/// Messages for tests.
final class Letters {
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private Letters() {}

  static IncomingMessage message(String id, Priority priority, String from, String text) {
    return new IncomingMessage(
        id,
        "mesh1",
        "a".repeat(64),
        Optional.of("b".repeat(64)),
        Optional.of(from),
        priority,
        text,
        NOON,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        0,
        Optional.empty());
  }
}
