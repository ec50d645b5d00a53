package dev.claudemesh.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/// A page of the manual, for `man`, made from a command as its help is.
final class ManPage {
  private final StringBuilder page = new StringBuilder();
  private final CommandSpec spec;

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  /// The name of a command's page, without its section.
  static String name(CommandSpec spec) {
    return spec.qualifiedName("-");
  }

  static String of(CommandLine command) {
    return new ManPage(command.getCommandSpec()).write();
  }

  private String write() {
    String[] description = spec.usageMessage().description();
    line(".TH " + name(spec).toUpperCase(Locale.ROOT) + " 1 \"\" claudemesh");
    section("NAME");
    text(name(spec) + " - " + String.join(" ", description).replaceFirst("\\.$", ""));
    section("SYNOPSIS");
    line(".nf");
    new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF)).synopsis(0).lines().forEach(this::text);
    line(".fi");
    if (!spec.positionalParameters().isEmpty()) {
      section("PARAMETERS");
      spec.positionalParameters().stream()
          .filter(one -> !one.hidden())
          .forEach(one -> item(one.paramLabel(), one));
    }
    section("OPTIONS");
    spec.options().stream().filter(one -> !one.hidden()).forEach(one -> item(label(one), one));
    commands();
    notes();
    section("EXIT STATUS");
    for (ExitCode code : ExitCode.values()) {
      line(".TP");
      text(String.valueOf(code.number()));
      text(code.name().toLowerCase(Locale.ROOT).replace('_', ' '));
    }
    section("SEE ALSO");
    text(
        spec.parent() == null
            ? "claudemesh help, claudemesh help <topic>"
            : name(spec.parent()) + "(1)");
    return page.toString();
  }

  private void commands() {
    List<CommandSpec> below =
        spec.subcommands().values().stream().distinct().map(CommandLine::getCommandSpec).toList();
    if (!below.isEmpty()) {
      section("COMMANDS");
      for (CommandSpec one : below) {
        line(".TP");
        line(".B " + escaped(name(one)) + "(1)");
        text(String.join(" ", one.usageMessage().description()));
      }
    }
  }

  private void notes() {
    List<String> notes = new ArrayList<>();
    Examples.of(spec).ifPresent(example -> notes.add("Example: " + example));
    Stream.of(spec.usageMessage().footer()).filter(text -> !text.isEmpty()).forEach(notes::add);
    if (!notes.isEmpty()) {
      section("NOTES");
      line(".nf");
      notes.forEach(this::text);
      line(".fi");
    }
  }

  private static String label(OptionSpec option) {
    String names = String.join(", ", option.names());
    return option.arity().max() == 0 ? names : names + " " + option.paramLabel();
  }

  private void item(String label, ArgSpec argument) {
    line(".TP");
    line(".B " + escaped(label));
    text(String.join(" ", argument.description()));
  }

  private void section(String heading) {
    line(".SH " + heading);
  }

  private void text(String text) {
    String safe = escaped(text);
    line(safe.startsWith(".") || safe.startsWith("'") ? "\\&" + safe : safe);
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e")
        .replace("-", "\\-")
        .replace("~", "\\(ti")
        .replace("^", "\\(ha");
  }

  private void line(String line) {
    page.append(line).append('\n');
  }
}
