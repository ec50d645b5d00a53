package dev.claudemesh.mcp.approvals;

import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Keys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a session asks, as it stands in the box.
///
/// @param input all of what the tool would be given
/// @param rules what "for this session" would allow; empty if that is not offered
/// @param session name of the session
/// @param at when it was asked, by the asker's clock
public record PermissionQuestion(
    String id,
    String tool,
    JsonNode input,
    List<SessionRule> rules,
    String session,
    String folder,
    String host,
    Instant at,
    int seconds) {
  private static final String KIND = "approval-question";

  /// How far the clocks of asker and answerer may be apart.
  private static final Duration SKEW = Duration.ofMinutes(2);

  /// The text for the box.
  public String text() {
    ObjectNode content =
        Wire.mapper()
            .createObjectNode()
            .put("kind", KIND)
            .put("id", id)
            .put("tool", tool)
            .put("session", session)
            .put("folder", folder)
            .put("host", host)
            .put("at", at.toEpochMilli())
            .put("seconds", seconds);
    content.set("input", input);
    content.set("rules", SessionRule.json(rules));
    return content.toString();
  }

  /// What answers name it by, beside its id.
  public static String digest(String text) {
    return Keys.sha256Hex(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Reads what {@link #text} made; empty if it is anything else.
  public static Optional<PermissionQuestion> read(String text) {
    try {
      JsonNode content = Wire.mapper().readTree(text);
      return content.path("kind").asString("").equals(KIND)
          ? Optional.of(
              new PermissionQuestion(
                  content.path("id").asString(""),
                  content.path("tool").asString(""),
                  content.path("input"),
                  SessionRule.read(content.path("rules")),
                  content.path("session").asString(""),
                  content.path("folder").asString(""),
                  content.path("host").asString(""),
                  Instant.ofEpochMilli(content.path("at").asLong(0)),
                  content.path("seconds").asInt(0)))
          : Optional.empty();
    } catch (JacksonException | java.time.DateTimeException e) {
      return Optional.empty();
    }
  }

  /// Whether it is of now: a broker may send an old one again.
  public boolean isFresh(Instant now) {
    return at.isBefore(now.plus(SKEW)) && now.isBefore(at.plusSeconds(seconds).plus(SKEW));
  }
}
