package dev.claudemesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.terminal.Language;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/// Everything that help says is there in Spanish, too.
class SpanishTest {
  /// Said, but not by help: sentences that are met often.
  private static final int SENTENCES = 40;

  @TempDir Path home;
  private Shell shell;

  @BeforeEach
  void aShell() {
    shell = new Shell(home, "ana");
  }

  @Test
  void every_text_of_every_command_has_a_spanish_one() {
    Set<String> texts = new TreeSet<>(Cli.GROUPS.keySet());
    collect(Cli.tree(shell.context()), texts);

    assertThat(Language.SPANISH.texts().keySet()).containsAll(texts);
  }

  @Test
  void no_spanish_text_is_of_something_that_is_not_said_any_more() {
    Set<String> texts = new TreeSet<>();
    collect(Cli.tree(shell.context()), texts);
    Set<String> others = new TreeSet<>(Language.SPANISH.texts().keySet());
    others.removeAll(texts);

    assertThat(others).hasSizeLessThan(SENTENCES);
    assertThat(Language.SPANISH.texts().values()).allSatisfy(text -> assertThat(text).isNotBlank());
  }

  private static void collect(CommandLine command, Set<String> texts) {
    CommandSpec spec = command.getCommandSpec();
    texts.addAll(List.of(spec.usageMessage().description()));
    Stream.of(spec.usageMessage().footer())
        .filter(line -> !line.isEmpty() && !line.startsWith(" "))
        .filter(line -> !line.matches("(For example|Examples?): claudemesh .*"))
        .forEach(texts::add);
    Stream.<ArgSpec>concat(spec.options().stream(), spec.positionalParameters().stream())
        .filter(argument -> !argument.hidden())
        .forEach(argument -> texts.add(String.join(" ", argument.description())));
    command.getSubcommands().values().forEach(below -> collect(below, texts));
  }

  @Test
  void every_topic_has_a_spanish_page_that_fits_a_terminal() {
    Map<String, String> pages = HelpCommand.topics(Language.SPANISH);

    assertThat(pages.keySet())
        .containsExactlyElementsOf(HelpCommand.topics(Language.ENGLISH).keySet());
    assertThat(pages.values())
        .allSatisfy(page -> assertThat(page.lines()).allMatch(line -> line.length() <= 100));
  }

  @ParameterizedTest
  @CsvSource({
    "CLAUDEMESH_LANG, es, SPANISH",
    "LC_ALL, es_ES.UTF-8, SPANISH",
    "LC_MESSAGES, es_MX, SPANISH",
    "LANG, es-AR, SPANISH",
    "LANG, estonian, ENGLISH",
    "LANG, de_DE.UTF-8, ENGLISH",
    "LANG, C.UTF-8, ENGLISH"
  })
  void the_language_is_that_of_the_locale(String variable, String value, Language language) {
    assertThat(Language.of(Map.of(variable, value))).isEqualTo(language);
    assertThat(Language.of(Map.of("CLAUDEMESH_LANG", "en", "LC_ALL", "es_ES")))
        .isEqualTo(Language.ENGLISH);
  }

  @Test
  void help_is_spanish_with_the_names_and_examples_as_they_are() {
    shell.with("LC_ALL", "es_ES.UTF-8");

    assertThat(shell.ok("--help").out())
        .contains("Uso: claudemesh", "\nHablar\n", "Envía un mensaje cifrado");
    assertThat(shell.ok("send", "--help").out())
        .startsWith("Envía un mensaje cifrado a un par")
        .contains("Uso: claudemesh send", "--reply-to", "Id del mensaje al que este responde.")
        .contains("Ejemplos: claudemesh send ana \"the build is green\"")
        .contains("Códigos de salida: claudemesh help scripts");
    assertThat(shell.ok("task", "create", "--help").out())
        .contains("Qué hay que hacer.", "Ejemplo: claudemesh task create");
    assertThat(shell.ok("help", "names").out()).contains("todos los de un grupo");
  }

  @Test
  void what_is_met_most_is_spanish_and_what_programs_read_is_not() {
    shell.with("CLAUDEMESH_LANG", "es");

    Shell.Ran ran = shell.ok("list");
    assertThat(ran.out()).isEqualTo("Aún no estás en ninguna malla.\n");
    assertThat(ran.err()).contains("siguiente: claudemesh create <name>");
    assertThat(shell.run("snd").err()).contains("¿Querías decir: send?");

    ran = shell.run("peers", "--json");
    assertThat(ran.err()).contains("Aún no estás en ninguna malla.");
    assertThat(ran.json().at("/error/message").stringValue()).startsWith("You are in no mesh yet.");
  }
}
