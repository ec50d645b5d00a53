package dev.claudemesh.mcp.approvals;

import dev.claudemesh.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What "for this session" would allow from then on, in Claude Code's own words. It is shown to who
/// decides, and it is the asker who applies it: an answer never brings a rule of its own.
///
/// @param content what of the tool, such as `npm test`; all of it if empty
public record SessionRule(String tool, Optional<String> content) {
  private static final int MOST = 10;
  private static final int LONGEST = 2_000;

  /// As Claude Code writes it.
  public String text() {
    return content.map(what -> tool + "(" + what + ")").orElse(tool + " (whatever it is given)");
  }

  /// The rules that Claude Code itself suggests; where it suggests none, the same command again, or
  /// the same tool. None for what cannot be put into one.
  ///
  /// @param hook what the hook was given
  public static List<SessionRule> of(JsonNode hook) {
    List<SessionRule> suggested = new ArrayList<>();
    for (JsonNode suggestion : hook.path("permission_suggestions")) {
      if (suggestion.path("type").asString("").equals("addRules")
          && suggestion.path("behavior").asString("").equals("allow")) {
        suggestion.path("rules").forEach(rule -> read(rule).ifPresent(suggested::add));
      }
    }
    if (!suggested.isEmpty()) {
      return suggested.size() <= MOST ? List.copyOf(suggested) : List.of();
    }
    String tool = hook.path("tool_name").asString("");
    if (!tool.equals("Bash")) {
      return List.of(new SessionRule(tool, Optional.empty()));
    }
    // A colon or star would be read as a pattern, so only plain commands can be a rule.
    return hook.path("tool_input").path("command").asStringOpt().stream()
        .filter(command -> command.matches("[^\\n\\r*:()]{1,500}"))
        .map(command -> new SessionRule(tool, Optional.of(command)))
        .toList();
  }

  private static Optional<SessionRule> read(JsonNode rule) {
    String tool = rule.path("toolName").asString("");
    Optional<String> content = rule.path("ruleContent").asStringOpt();
    return tool.isEmpty() || content.filter(text -> text.length() > LONGEST).isPresent()
        ? Optional.empty()
        : Optional.of(new SessionRule(tool, content));
  }

  /// Rules as JSON, and back.
  static ArrayNode json(List<SessionRule> rules) {
    ArrayNode all = Wire.mapper().createArrayNode();
    for (SessionRule rule : rules) {
      ObjectNode one = all.addObject().put("toolName", rule.tool());
      rule.content().ifPresent(content -> one.put("ruleContent", content));
    }
    return all;
  }

  static List<SessionRule> read(Iterable<JsonNode> rules) {
    List<SessionRule> all = new ArrayList<>();
    rules.forEach(rule -> read(rule).ifPresent(all::add));
    return List.copyOf(all);
  }

  /// What makes Claude Code keep to them, and forget them with the session.
  public static ArrayNode updates(List<SessionRule> rules) {
    ArrayNode updates = Wire.mapper().createArrayNode();
    ObjectNode update = updates.addObject().put("type", "addRules");
    update.set("rules", json(rules));
    update.put("behavior", "allow").put("destination", "session");
    return updates;
  }
}
