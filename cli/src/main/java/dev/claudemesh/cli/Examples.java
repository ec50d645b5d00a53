package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Language;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;

/// An example for each command that brings none in its own words, read when help is written.
final class Examples {
  /// The section of a help page.
  static final String SECTION = "example";

  /// How it begins, there and in the words of a command.
  static final String WORD = "Example";

  private Examples() {}

  static String render(Help help, Language language) {
    return of(help.commandSpec())
        .map(line -> String.format("%n%s%n", SpokenHelp.said(WORD + ": " + line, language)))
        .orElse("");
  }

  /// The line that is shown; empty where the command brings its own, or only leads to others.
  static Optional<String> of(CommandSpec command) {
    boolean own =
        List.of(command.usageMessage().footer()).stream()
            .anyMatch(line ->
                line.matches("(For example|Examples?|Ejemplos?|Por ejemplo): claudemesh .*"));
    return own ? Optional.empty() : line(command.qualifiedName());
  }

  /// @param words of the command, the program included
  static Optional<String> line(String words) {
    return all().stream()
        .filter(line -> line.equals(words) || line.startsWith(words + " "))
        .findFirst();
  }

  static List<String> all() {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Examples.class.getResourceAsStream("examples.txt"), StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
