package dev.claudemesh.cli.install;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.ArrayList;
import java.util.List;

/// Reads a JSON text strictly and remembers where everything stands. Knows no comments and no
/// trailing commas: a file with those is not ours to edit.
final class JsonReader {
  private static final int DEEPEST = 500;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private final String text;
  private final String where;
  private int at;

  private JsonReader(String text, String where) {
    this.text = text;
    this.where = where;
  }

  /// @param where the file, for the message
  /// @throws Problem `invalid` naming the line, if it is not valid JSON
  static JsonPlace read(String text, String where) {
    JsonReader reader = new JsonReader(text, where);
    if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
      reader.at++;
    }
    reader.skipBlanks();
    JsonPlace value = reader.value(0);
    reader.skipBlanks();
    if (reader.at < text.length()) {
      throw reader.broken("there is something after its end");
    }
    return value;
  }

  private JsonPlace value(int depth) {
    if (depth > DEEPEST) {
      throw broken("it is nested too deeply");
    }
    return switch (peek()) {
      case '{' -> fields(depth);
      case '[' -> items(depth);
      case '"' -> text();
      default -> word();
    };
  }

  private JsonPlace.Fields fields(int depth) {
    int start = at++;
    List<JsonPlace.Field> fields = new ArrayList<>();
    skipBlanks();
    if (peek() == '}') {
      return new JsonPlace.Fields(start, ++at, fields);
    }
    while (true) {
      if (peek() != '"') {
        throw broken("the name of a field was expected");
      }
      JsonPlace.Text name = text();
      skipBlanks();
      expect(':');
      skipBlanks();
      fields.add(new JsonPlace.Field(name.start(), name.value(), value(depth + 1)));
      skipBlanks();
      if (peek() == '}') {
        return new JsonPlace.Fields(start, ++at, fields);
      }
      expect(',');
      skipBlanks();
    }
  }

  private JsonPlace.Items items(int depth) {
    int start = at++;
    List<JsonPlace> items = new ArrayList<>();
    skipBlanks();
    if (peek() == ']') {
      return new JsonPlace.Items(start, ++at, items);
    }
    while (true) {
      items.add(value(depth + 1));
      skipBlanks();
      if (peek() == ']') {
        return new JsonPlace.Items(start, ++at, items);
      }
      expect(',');
      skipBlanks();
    }
  }

  private JsonPlace.Text text() {
    int start = at++;
    StringBuilder value = new StringBuilder();
    while (true) {
      char next = take();
      if (next == '"') {
        return new JsonPlace.Text(start, at, value.toString());
      }
      if (next < ' ') {
        at--;
        throw broken("a text goes over the end of its line");
      }
      value.append(next == '\\' ? escaped() : next);
    }
  }

  private char escaped() {
    return switch (take()) {
      case '"' -> '"';
      case '\\' -> '\\';
      case '/' -> '/';
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> unicode();
      default -> throw broken("there is an unknown escape in a text");
    };
  }

  private char unicode() {
    int code = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(take(), 16);
      if (digit < 0) {
        throw broken("\\u needs four hex digits");
      }
      code = code * 16 + digit;
    }
    return (char) code;
  }

  private JsonPlace.Word word() {
    int start = at;
    while (at < text.length() && "+-.".indexOf(text.charAt(at)) >= 0
        || at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
      at++;
    }
    String word = text.substring(start, at);
    if (!word.matches("true|false|null|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][+-]?\\d+)?")) {
      at = start;
      throw broken(
          text.startsWith("//", start) || text.startsWith("/*", start)
              ? "it holds comments"
              : "a value was expected");
    }
    return new JsonPlace.Word(start, at);
  }

  private void skipBlanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (text.startsWith("//", at) || text.startsWith("/*", at)) {
      throw broken("it holds comments");
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw broken("it ends too early");
    }
    return text.charAt(at);
  }

  private char take() {
    char next = peek();
    at++;
    return next;
  }

  private void expect(char sign) {
    if (peek() != sign) {
      throw broken("'" + sign + "' was expected");
    }
    at++;
  }

  private Problem broken(String what) {
    String before = text.substring(0, Math.min(at, text.length()));
    long line = before.chars().filter(c -> c == '\n').count() + 1;
    int column = before.length() - before.lastIndexOf('\n');
    return new Problem(
        ProblemCode.INVALID,
        where
            + " is not plain JSON: "
            + what
            + " (line "
            + line
            + ", column "
            + column
            + "). Nothing was changed; mend the file and run this again");
  }
}
