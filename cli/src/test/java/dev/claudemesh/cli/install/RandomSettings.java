package dev.claudemesh.cli.install;

import java.util.List;
import java.util.Random;

/// Settings files as people write them: any layout, any other hooks and servers, empty things,
/// escapes, other languages.
final class RandomSettings {
  private static final List<String> EVENTS =
      List.of(
          "SessionStart",
          "UserPromptSubmit",
          "Stop",
          "StopFailure",
          "SessionEnd",
          "Notification",
          "PreToolUse");
  private static final List<String> WORDS =
      List.of(
          "model",
          "env",
          "permissions",
          "théme",
          "日本",
          "a\\\"b",
          "\\u0041x",
          "emoji 🎉",
          "theme",
          "a/b",
          "  ",
          "claudemesh hook",
          "",
          "[{",
          "//no comment");

  private final Random random;
  private final boolean pretty;
  private final String unit;
  private final String newline;
  private final boolean spaced;

  RandomSettings(Random random) {
    this.random = random;
    this.pretty = random.nextInt(5) > 0;
    this.unit = List.of("  ", "    ", "\t", " ").get(random.nextInt(4));
    this.newline = random.nextInt(5) == 0 ? "\r\n" : "\n";
    this.spaced = random.nextBoolean();
  }

  /// A settings.json.
  String settings() {
    StringBuilder text = new StringBuilder();
    if (random.nextInt(10) == 0) {
      text.append('\uFEFF');
    }
    text.append(object(0, random.nextInt(5), random.nextInt(3) > 0 ? hooks() : null));
    return text + (random.nextInt(4) == 0 ? "" : newline);
  }

  /// A .claude.json.
  String servers() {
    String servers =
        switch (random.nextInt(4)) {
          case 0 -> null;
          case 1 -> "\"mcpServers\":" + gap() + "{}";
          case 2 -> "\"mcpServers\":" + gap() + "{" + blanks(2) + "}";
          default -> "\"mcpServers\":" + gap() + object(1, 1 + random.nextInt(3), null);
        };
    return object(0, random.nextInt(6), servers) + newline;
  }

  private String hooks() {
    return switch (random.nextInt(5)) {
      case 0 -> "\"hooks\":" + gap() + "{}";
      case 1 -> "\"hooks\":" + gap() + "{" + blanks(1) + "}";
      default -> {
        StringBuilder text = new StringBuilder("\"hooks\":" + gap() + "{");
        int count = 1 + random.nextInt(3);
        int first = random.nextInt(EVENTS.size());
        for (int i = 0; i < count; i++) {
          text.append(i == 0 ? "" : ",")
              .append(line(2))
              .append('"')
              .append(EVENTS.get((first + i) % EVENTS.size()))
              .append("\":")
              .append(gap())
              .append(groups());
        }
        yield text + line(1) + "}";
      }
    };
  }

  private String groups() {
    StringBuilder text = new StringBuilder("[");
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      text.append(i == 0 ? "" : ",")
          .append(line(3))
          .append("{\"matcher\":")
          .append(gap())
          .append("\"Bash\", \"hooks\": [");
      int hooks = random.nextInt(3);
      for (int h = 0; h < hooks; h++) {
        text.append(h == 0 ? "" : "," + gap())
            .append("{\"type\":\"command\",\"command\":\"/bin/echo ")
            .append(word())
            .append("\"}");
      }
      text.append("]}");
    }
    return text + (count == 0 ? blanks(2) : line(2)) + "]";
  }

  /// @param special a field that goes among the others; none if null
  private String object(int depth, int fields, String special) {
    int all = fields + (special == null ? 0 : 1);
    if (all == 0) {
      return "{" + blanks(depth) + "}";
    }
    int place = special == null ? -1 : random.nextInt(all);
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < all; i++) {
      text.append(i == 0 ? "" : ",").append(line(depth + 1));
      text.append(i == place ? special : "\"" + i + word() + "\":" + gap() + value(depth + 1));
    }
    return text + line(depth) + "}";
  }

  private String value(int depth) {
    return switch (random.nextInt(depth > 4 ? 5 : 7)) {
      case 0 -> "true";
      case 1 -> "null";
      case 2 -> "-1.50e3";
      case 3 -> "\"" + word() + "\"";
      case 4 -> "[]";
      case 5 -> object(depth, random.nextInt(4), null);
      default ->
          "["
              + line(depth + 1)
              + value(depth + 1)
              + ","
              + gap()
              + value(depth + 1)
              + line(depth)
              + "]";
    };
  }

  private String word() {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private String line(int depth) {
    return pretty ? newline + unit.repeat(depth) : gap();
  }

  private String gap() {
    return spaced ? " " : "";
  }

  private String blanks(int depth) {
    return switch (random.nextInt(3)) {
      case 0 -> "";
      case 1 -> " ";
      default -> pretty ? newline + unit.repeat(depth) : "";
    };
  }
}
