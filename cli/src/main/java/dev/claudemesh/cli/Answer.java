package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Wire;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/// What a command found out: once for programs, once for people, and the command that is useful
/// next.
public final class Answer {
  private final Object data;
  private final List<Function<Terminal, List<String>>> lines = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private Optional<String> next = Optional.empty();
  private ExitCode exit = ExitCode.OK;

  private Answer(Object data) {
    this.data = data;
  }

  /// @param data a record or map; its fields stand beside `schema_version`
  public static Answer of(Object data) {
    return new Answer(data);
  }

  /// What every answer with `--json` begins with.
  static ObjectNode envelope() {
    ObjectNode node = Wire.mapper().createObjectNode();
    node.put("schema_version", "1.0");
    return node;
  }

  /// A line for people that is the answer itself: it goes to stdout.
  public Answer line(String text) {
    lines.add(terminal -> List.of(text));
    return this;
  }

  public Answer line(Style style, String text) {
    lines.add(terminal -> List.of(terminal.in(style, terminal.say(text))));
    return this;
  }

  public Answer line(Function<Terminal, String> text) {
    lines.add(terminal -> List.of(text.apply(terminal)));
    return this;
  }

  public Answer table(Table table) {
    lines.add(table::lines);
    return this;
  }

  /// Talk about the answer: it goes to stderr.
  public Answer remark(String text) {
    remarks.add(text);
    return this;
  }

  /// The command that is useful after this one.
  public Answer next(String command) {
    next = Optional.of(command);
    return this;
  }

  public Answer exit(ExitCode code) {
    exit = code;
    return this;
  }

  /// Prints it and tells how the command ended.
  public int print(Terminal terminal, boolean json) {
    if (json) {
      ObjectNode all = envelope();
      all.setAll((ObjectNode) Wire.mapper().valueToTree(data));
      terminal.data(Wire.mapper().writeValueAsString(all));
    } else {
      lines.stream()
          .flatMap(line -> line.apply(terminal).stream())
          .map(terminal::say)
          .forEach(terminal::data);
    }
    remarks.stream().map(terminal::say).forEach(terminal::talk);
    next.ifPresent(terminal::next);
    return exit.number();
  }
}
