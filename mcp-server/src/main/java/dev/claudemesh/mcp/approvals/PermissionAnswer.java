package dev.claudemesh.mcp.approvals;

import dev.claudemesh.protocol.Wire;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A person's answer, as it stands in the box. Names its question by id and by digest, so that it
/// is an answer to exactly what was shown.
public record PermissionAnswer(String id, String digest, Verdict verdict, Optional<String> reason) {
  /// Longest reason, in characters.
  public static final int MOST_REASON = 500;

  private static final String KIND = "approval-answer";

  /// The text for the box.
  public String text() {
    var content =
        Wire.mapper()
            .createObjectNode()
            .put("kind", KIND)
            .put("id", id)
            .put("digest", digest)
            .put("verdict", verdict.word());
    reason.ifPresent(words -> content.put("reason", words));
    return content.toString();
  }

  /// Reads what {@link #text} made; empty if it is anything else, such as a question sent back.
  public static Optional<PermissionAnswer> read(String text) {
    try {
      JsonNode content = Wire.mapper().readTree(text);
      return content.path("kind").asString("").equals(KIND)
          ? Verdict.of(content.path("verdict").asString(""))
              .map(verdict ->
                  new PermissionAnswer(
                      content.path("id").asString(""),
                      content.path("digest").asString(""),
                      verdict,
                      content.path("reason").asStringOpt().map(PermissionAnswer::cut)))
          : Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static String cut(String reason) {
    int end =
        reason.offsetByCodePoints(
            0, Math.min(MOST_REASON, reason.codePointCount(0, reason.length())));
    return reason.substring(0, end);
  }
}
