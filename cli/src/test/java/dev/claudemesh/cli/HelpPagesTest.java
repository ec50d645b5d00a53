package dev.claudemesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/// Every command's help: what it does, how it is called, an example that can be typed, and where
/// exit codes are told.
class HelpPagesTest {
  private static final Pattern EXAMPLE =
      Pattern.compile("(?m)^(?:For example|Examples?): claudemesh (.*)");

  @TempDir static Path home;

  static Stream<String> commands() {
    List<String> all = new ArrayList<>();
    collect(tree(""), all);
    return all.stream();
  }

  private static CommandLine tree(String words) {
    return Cli.tree(new Shell(home, "ana").context(), words.split(" ")[0]);
  }

  private static void collect(CommandLine below, List<String> all) {
    below.getSubcommands().values().stream()
        .distinct()
        .forEach(command -> {
          all.add(command.getCommandSpec().qualifiedName().substring("claudemesh ".length()));
          collect(command, all);
        });
  }

  private static CommandSpec spec(String words) {
    CommandLine command = tree(words);
    for (String word : words.split(" ")) {
      command = command.getSubcommands().get(word);
    }
    return command.getCommandSpec();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void a_command_says_what_it_does_and_what_each_of_its_arguments_is(String words) {
    CommandSpec spec = spec(words);

    assertThat(String.join(" ", spec.usageMessage().description()))
        .matches("(?s)[A-Z].{10,400}\\.");
    assertThat(
            Stream.<ArgSpec>concat(spec.options().stream(), spec.positionalParameters().stream())
                .filter(argument -> !argument.hidden()))
        .allSatisfy(argument ->
            assertThat(String.join(" ", argument.description()))
                .as(words + " " + argument)
                .isNotBlank()
                .matches("(?s).*([.)]|Default: \\w+)"));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void its_help_has_an_example_that_can_be_typed_and_tells_of_exit_codes(String words) {
    Shell.Ran ran = new Shell(home, "ana").ok((words + " --help").split(" "));

    assertThat(ran.out())
        .contains("Usage: claudemesh " + words, "Exit codes: claudemesh help scripts");
    Optional<String> example =
        EXAMPLE.matcher(ran.out()).results().map(found -> found.group(1)).findFirst();
    if (spec(words).subcommands().isEmpty() || example.isPresent()) {
      assertThat(example).as(ran.out()).isPresent();
      assertThat(example.orElseThrow()).startsWith(words);
      String typed = example.orElseThrow().replaceFirst(" (\\| |&& |> ).*", "");
      assertThatNoException().as(typed).isThrownBy(() -> tree(typed).parseArgs(split(typed)));
    }
  }

  /// As a shell does it, quotes and all.
  private static String[] split(String line) {
    return Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)")
        .matcher(line)
        .results()
        .map(word -> Stream.of(1, 2, 3).map(word::group).filter(Objects::nonNull).findFirst())
        .map(Optional::orElseThrow)
        .toArray(String[]::new);
  }

  @Test
  void no_example_is_of_a_command_that_is_not_there_or_has_one() {
    List<String> all = commands().toList();
    assertThat(Examples.all())
        .allSatisfy(line ->
            assertThat(all)
                .anyMatch(words ->
                    Examples.line("claudemesh " + words).equals(Optional.of(line))
                        && Examples.of(spec(words)).isPresent()));
  }
}
