package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Columns;
import dev.claudemesh.cli.terminal.Language;
import dev.claudemesh.cli.terminal.Terminal;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.IHelpSectionRenderer;
import picocli.CommandLine.Model.UsageMessageSpec;

/// The list of commands on the help page, under the headings of their groups.
final class GroupedHelp implements IHelpSectionRenderer {
  private static final String EXIT_CODES = "exitCodes";

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
          Examples.SECTION,
          UsageMessageSpec.SECTION_KEY_FOOTER,
          EXIT_CODES);

  private static final int NAME_COLUMNS = 12;

  private final Map<String, List<Word>> groups;
  private final Language language;

  GroupedHelp(Map<String, List<Word>> groups, Language language) {
    this.groups = groups;
    this.language = language;
  }

  /// The sections that picocli does not have itself, for a command and all below it.
  static void sections(CommandLine command, Language language) {
    Map<String, IHelpSectionRenderer> sections = command.getHelpSectionMap();
    sections.put(Examples.SECTION, help -> Examples.render(help, language));
    sections.put(
        EXIT_CODES,
        help -> String.format("%n%s%n", language.say("Exit codes: claudemesh help scripts")));
    command.getSubcommands().values().stream()
        .distinct()
        .forEach(below -> sections(below, language));
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
          .append(help.colorScheme().ansi().string("@|bold " + language.say(group) + "|@"))
          .append(System.lineSeparator());
      words.forEach(word -> text.append(line(word, help)).append(System.lineSeparator()));
    });
    return text.toString();
  }

  private String line(Word word, Help help) {
    List<String> names = word.names();
    String also =
        names.size() > 1
            ? " ("
                + language.say("also")
                + " "
                + String.join(", ", names.subList(1, names.size()))
                + ")"
            : "";
    int room = help.commandSpec().usageMessage().width() - NAME_COLUMNS - 2;
    String gap = System.lineSeparator() + " ".repeat(NAME_COLUMNS + 2);
    return "  "
        + help.colorScheme().commandText(Columns.fill(names.getFirst(), NAME_COLUMNS))
        + String.join(gap, Columns.wrap(language.say(word.description()) + also, room));
  }
}
