package dev.claudemesh.cli.approvals;

import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.mcp.approvals.PermissionQuestion;
import dev.claudemesh.mcp.approvals.SessionRule;
import dev.claudemesh.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// A request as a person reads it: who, where, the tool, and all of its input. What others wrote
/// can neither move the cursor nor pose as a line of ours: each of its lines has a bar before it.
/// Pure.
final class QuestionScreen {
  private static final String BAR = "  | ";
  private static final int SHORT_ID = 8;

  private QuestionScreen() {}

  /// Who asks for what, and from where.
  static List<String> head(Asked asked) {
    PermissionQuestion question = asked.question();
    return List.of(
        SafeText.line(asked.fromName())
            + " (key "
            + asked.from().brief()
            + ") asks to use "
            + SafeText.line(question.tool())
            + "   ["
            + shortId(asked)
            + "]",
        "  session  " + SafeText.line(question.session()),
        "  folder   " + SafeText.line(question.folder()) + " on " + SafeText.line(question.host()));
  }

  /// All of the input, in rows of at most that width.
  static List<String> input(Asked asked, int width) {
    List<String> rows = new ArrayList<>();
    JsonNode input = asked.question().input();
    if (!input.isObject()) {
      append(rows, input.isString() ? input.stringValue() : pretty(input), width);
      return rows;
    }
    for (Map.Entry<String, JsonNode> field : input.properties()) {
      JsonNode value = field.getValue();
      rows.add("  " + SafeText.line(field.getKey()) + ":");
      append(rows, value.isString() ? value.stringValue() : pretty(value), width);
    }
    return rows;
  }

  /// What "for this session" would allow, in one line; empty where that is not offered.
  static String rules(Asked asked) {
    return asked.question().rules().stream()
        .map(SessionRule::text)
        .map(SafeText::line)
        .collect(Collectors.joining(", "));
  }

  static String shortId(Asked asked) {
    return SafeText.line(asked.id().substring(0, Math.min(SHORT_ID, asked.id().length())));
  }

  private static String pretty(JsonNode value) {
    return Wire.mapper().writerWithDefaultPrettyPrinter().writeValueAsString(value);
  }

  private static void append(List<String> rows, String text, int width) {
    int room = Math.max(1, width - BAR.length());
    for (String line : SafeText.body(text).replace("\t", "    ").split("\n", -1)) {
      int from = 0;
      do {
        int most = Math.min(room, line.codePointCount(from, line.length()));
        int to = line.offsetByCodePoints(from, most);
        rows.add(BAR + line.substring(from, to));
        from = to;
      } while (from < line.length());
    }
  }
}
