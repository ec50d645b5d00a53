package dev.claudemesh.broker.skills;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.skills.SkillRequest;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// What a skill may be. Pure.
final class SkillRules {
  private static final Pattern BREAK = Pattern.compile("[\\p{Cntrl}]");

  /// Six bytes each on the wire: with them, the list of all skills would not fit into an answer.
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cntrl}&&[^\\r\\n\\t]]");

  private SkillRules() {}

  /// What a version of a skill says.
  ///
  /// @param manifest a JSON object as text
  record Content(String description, String instructions, List<String> tags, String manifest) {}

  /// @throws Problem `invalid_request` if a name, a tag or the manifest cannot be one
  static Content content(SkillRequest.Share share) {
    line("name", share.name());
    if (UNPRINTABLE.matcher(share.description()).find()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "share_skill: \"description\" must not contain control characters");
    }
    List<String> tags =
        share.tags().orElse(List.of()).stream()
            .map(String::strip)
            .filter(tag -> !tag.isEmpty())
            .distinct()
            .toList();
    tags.forEach(tag -> line("tags", tag));
    JsonNode manifest =
        share.manifest().filter(node -> !node.isNull()).orElseGet(Wire.mapper()::createObjectNode);
    if (!manifest.isObject()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "share_skill: \"manifest\" must be an object of fields");
    }
    return new Content(
        share.description().strip(), share.instructions(), tags, manifest.toString());
  }

  private static void line(String field, String text) {
    if (text.isBlank() || BREAK.matcher(text).find()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "share_skill: \"" + field + "\" must be one line that is not blank");
    }
  }
}
