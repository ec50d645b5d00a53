package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.presence.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// What Claude Code itself says its session is doing (`sessions/<pid>.json`, observed with
/// 2.1.329). True also after Esc or an API error, when no hook fires. Undocumented, so best effort:
/// a file that is not there or not understood says nothing.
final class SessionFile {
  private static final int MAX_BYTES = 64 << 10;

  private final Path file;

  SessionFile(ClaudeSession session) {
    file = session.home().resolve("sessions").resolve(session.parent() + ".json");
  }

  /// What the session is doing; waiting for a permission counts as working.
  Optional<Status> status() {
    return switch (text("status").orElse("")) {
      case "idle" -> Optional.of(Status.IDLE);
      case "busy", "waiting" -> Optional.of(Status.WORKING);
      case String unknown -> Optional.empty();
    };
  }

  /// Which conversation it is in.
  Optional<String> sessionId() {
    return text("sessionId");
  }

  private Optional<String> text(String field) {
    try {
      return Files.size(file) > MAX_BYTES
          ? Optional.empty()
          : Wire.mapper().readTree(Files.readString(file)).path(field).asStringOpt();
    } catch (IOException | JacksonException e) {
      return Optional.empty();
    }
  }
}
