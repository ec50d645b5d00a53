package dev.claudemesh.mcp;

import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.Optional;

/// A message on its last yard: from this process into the session. Immutable.
///
/// @param push how and when it was last pushed; empty if it was not
/// @param attempts how often it was pushed
record Letter(String meshSlug, IncomingMessage message, Optional<Push> push, int attempts) {
  /// A way into the session that was tried.
  record Push(Path path, Instant at) {}

  /// By which way.
  enum Path {
    /// The session's own inbox: it will come, but nobody says when.
    SOCKET,
    /// A channel notification: may be dropped without a word.
    CHANNEL
  }

  static Letter arrived(String meshSlug, IncomingMessage message) {
    return new Letter(meshSlug, message, Optional.empty(), 0);
  }

  Letter pushed(Path path, Instant now) {
    return new Letter(meshSlug, message, Optional.of(new Push(path, now)), attempts + 1);
  }

  String id() {
    return message.id();
  }

  String senderName() {
    return message
        .senderName()
        .orElseGet(() ->
            "peer " + message.senderKey().substring(0, Math.min(8, message.senderKey().length())));
  }

  /// Whether it may be put into a running conversation at all.
  boolean mayInterrupt() {
    return message.priority() != Priority.LOW;
  }

  String frame() {
    return MessageFrame.of(message, meshSlug);
  }
}
