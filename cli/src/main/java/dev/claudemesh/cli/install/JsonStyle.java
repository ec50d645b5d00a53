package dev.claudemesh.cli.install;

import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How a file is laid out, so that what we insert looks as if its author had written it. Pure.
///
/// @param pretty one value a line; else everything on one line
/// @param unit one level of indentation
record JsonStyle(boolean pretty, String unit, String newline) {

  static JsonStyle of(String text, JsonPlace.Fields root) {
    String newline = text.contains("\r\n") ? "\r\n" : "\n";
    if (root.fields().isEmpty()) {
      return new JsonStyle(true, "  ", newline);
    }
    String before = text.substring(root.start() + 1, root.fields().getFirst().start());
    int line = before.lastIndexOf('\n');
    String indent = line < 0 ? "" : before.substring(line + 1);
    return new JsonStyle(line >= 0, indent.isEmpty() ? "  " : indent, newline);
  }

  /// A value whose first line stands behind something at this indentation.
  String print(JsonNode value, String indent) {
    return switch (value) {
      case ObjectNode object when !object.isEmpty() -> {
        StringBuilder lines = new StringBuilder("{");
        String separator = "";
        for (Map.Entry<String, JsonNode> field : object.properties()) {
          lines.append(separator).append(lineBreak(indent + unit));
          lines
              .append(quoted(field.getKey()))
              .append(colon())
              .append(print(field.getValue(), indent + unit));
          separator = pretty ? "," : ", ";
        }
        yield lines + lineBreak(indent) + "}";
      }
      case ArrayNode array when !array.isEmpty() -> {
        StringBuilder lines = new StringBuilder("[");
        String separator = "";
        for (JsonNode item : array) {
          lines
              .append(separator)
              .append(lineBreak(indent + unit))
              .append(print(item, indent + unit));
          separator = pretty ? "," : ", ";
        }
        yield lines + lineBreak(indent) + "]";
      }
      case JsonNode other -> other.toString();
    };
  }

  String field(String name, JsonNode value, String indent) {
    return quoted(name) + colon() + print(value, indent);
  }

  String lineBreak(String indent) {
    return pretty ? newline + indent : "";
  }

  private static String colon() {
    return ": ";
  }

  private static String quoted(String text) {
    return tools.jackson.databind.node.StringNode.valueOf(text).toString();
  }
}
