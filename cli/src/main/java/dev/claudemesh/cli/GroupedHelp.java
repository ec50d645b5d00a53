package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Columns;
import dev.claudemesh.cli.terminal.Terminal;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The list of commands on the help page, under the headings of their groups.
final class GroupedHelp implements IHelpSectionRenderer {
  /// What it does first, how it is called after that.
  static final List<String> SECTIONS =
      List.of(
          UsageMessageSpec.SECTION_KEY_DESCRIPTION,
          UsageMessageSpec.SECTION_KEY_SYNOPSIS_HEADING,
          UsageMessageSpec.SECTION_KEY_SYNOPSIS,
          UsageMessageSpec.SECTION_KEY_PARAMETER_LIST_HEADING,
          UsageMessageSpec.SECTION_KEY_PARAMETER_LIST,
          UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING,
          UsageMessageSpec.SECTION_KEY_OPTION_LIST,
          UsageMessageSpec.SECTION_KEY_COMMAND_LIST,
          UsageMessageSpec.SECTION_KEY_FOOTER);

  private static final int NAME_COLUMNS = 12;

  private final Map<String, List<Word>> groups;

  GroupedHelp(Map<String, List<Word>> groups) {
    this.groups = groups;
  }

  static ColorScheme colours(Terminal terminal) {
    return terminal.coloured()
        ? Help.defaultColorScheme(Ansi.ON)
        : Help.defaultColorScheme(Ansi.OFF);
  }

  @Override
  public String render(Help help) {
    StringBuilder text = new StringBuilder();
    groups.forEach((group, words) -> {
      text.append(System.lineSeparator())
          .append(help.colorScheme().ansi().string("@|bold " + group + "|@"))
          .append(System.lineSeparator());
      words.forEach(word -> text.append(line(word, help)).append(System.lineSeparator()));
    });
    return text.toString();
  }

  private static String line(Word word, Help help) {
    List<String> names = word.names();
    String also =
        names.size() > 1 ? " (also " + String.join(", ", names.subList(1, names.size())) + ")" : "";
    return "  "
        + help.colorScheme().commandText(Columns.fill(names.getFirst(), NAME_COLUMNS))
        + word.description()
        + also;
  }
}
