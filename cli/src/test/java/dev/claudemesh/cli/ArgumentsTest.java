package dev.claudemesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Field;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArgumentsTest {
  @TempDir Path home;
  private Shell shell;

  @BeforeEach
  void aShell() {
    shell = new Shell(home, "ana");
  }

  static Stream<Word> commands() {
    return Cli.GROUPS.values().stream().flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void every_command_explains_itself(Word command) {
    Shell.Ran ran = shell.run(command.names().getFirst(), "--help");

    assertThat(ran.exit()).isZero();
    assertThat(ran.out().replaceAll("\\s+", " "))
        .startsWith(command.description())
        .contains("Usage: claudemesh " + command.names().getFirst());
    assertThat(ran.err()).isEmpty();
  }

  static Stream<Catalog.Op> operationsWithACommand() {
    return Catalog.operations().stream().filter(op -> !op.operation().cli().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("operationsWithACommand")
  void every_command_that_the_catalogue_names_is_there_and_takes_its_fields(Catalog.Op op) {
    String[] words = (op.operation().cli() + " --help").split(" ");
    String help = shell.ok(words).out();

    assertThat(help.replaceAll("\\s+", " ")).startsWith(op.operation().summary());
    assertThat(Field.of(op.record()))
        .allSatisfy(field ->
            assertThat(help)
                .contains(
                    field.required()
                        ? "<" + field.toolName() + ">"
                        : "--" + field.toolName().replace('_', '-')));
  }

  @Test
  void the_help_lists_every_command_under_its_group() {
    Shell.Ran ran = shell.run("--help");

    assertThat(ran.exit()).isZero();
    Cli.GROUPS.forEach((group, commands) -> assertThat(ran.out()).contains("\n" + group + "\n"));
    commands()
        .forEach(command ->
            assertThat(ran.out()).containsPattern("\n  " + command.names().getFirst() + " +[A-Z]"));
  }

  @Test
  void without_a_command_the_help_is_talk_and_names_the_first_step() {
    Shell.Ran ran = shell.run();

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("Usage: claudemesh").endsWith("next: claudemesh demo\n");
  }

  @Test
  void the_version_is_the_builds() {
    assertThat(shell.ok("--version").out()).matches("claudemesh \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
  }

  @Test
  void a_misspelt_command_is_answered_with_the_one_that_was_meant() {
    Shell.Ran ran = shell.run("snd", "bob", "hi");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err())
        .contains("snd")
        .contains("Did you mean: send?")
        .contains("next: claudemesh --help");
  }

  @Test
  void a_misspelt_option_is_answered_with_the_one_that_was_meant() {
    Shell.Ran ran = shell.run("send", "bob", "hi", "--priorty", "low");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("--priorty").contains("Did you mean: --priority?");
  }

  @Test
  void what_was_meant_is_also_found_by_its_beginning_and_below_a_word() {
    assertThat(shell.run("compl").err()).contains("Did you mean: completions?");
    assertThat(shell.run("task", "crate", "x").err()).contains("Did you mean: create?");
    assertThat(shell.run("send", "bob", "hi", "--priorty=low").err())
        .contains("Did you mean: --priority?");
    assertThat(shell.run("xyzzyxyzzy").err()).doesNotContain("Did you mean");
  }

  @Test
  void when_quiet_only_the_answer_is_said_and_what_went_wrong() {
    Shell.Ran ran = shell.ok("list", "--quiet");
    assertThat(ran.out()).isEqualTo("You are in no mesh yet.\n");
    assertThat(ran.err()).isEmpty();
    assertThat(shell.ok("list", "-q", "--json").err()).isEmpty();

    ran = shell.run("peers", "--quiet");
    assertThat(ran.exit()).isEqualTo(5);
    assertThat(ran.err()).contains("claudemesh create <name>");
    assertThat(shell.run("snd", "-q").err())
        .contains("Did you mean: send?")
        .doesNotContain("next:");
  }

  static Stream<List<String>> badArguments() {
    return Stream.of(
        List.of("send"),
        List.of("send", "bob"),
        List.of("send", "bob", "hi", "there"),
        List.of("send", "bob", "hi", "--priority", "soon"),
        List.of("invite", "--role", "king"),
        List.of("invite", "--uses", "many"),
        List.of("invite", "--expires", "a while"),
        List.of("inbox", "--wait", "-3"),
        List.of("join"),
        List.of("join", "not an invite"),
        List.of("join", "ftp://host/i/ABCD2345"),
        List.of("create"),
        List.of("create", "x", "--template", "party"),
        List.of("verify", "a", "b"),
        List.of("backup"),
        List.of("restore"),
        List.of("completions", "tcsh"),
        List.of("url-handler", "open"),
        List.of("help", "nonsense"),
        List.of("create", "x", "--broker", "nonsense://"),
        List.of("rename"),
        List.of("rename", "a", "b", "c"),
        List.of("grant", "bob"),
        List.of("launch", "--message-mode", "loud"),
        List.of("broker", "--port", "99999"),
        List.of("broker", "config", "--port", "x"),
        List.of("install"));
  }

  @ParameterizedTest
  @MethodSource("badArguments")
  void bad_input_ends_with_3_and_says_what_is_wrong(List<String> arguments) {
    if (arguments.getFirst().equals("launch")) {
      shell.with("CLAUDE_BIN", "/bin/true");
    }
    Shell.Ran ran = shell.run(arguments.toArray(String[]::new));

    assertThat(ran.exit()).as("%s\n%s", arguments, ran.err()).isEqualTo(3);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).hasSizeGreaterThan(20).doesNotContain("Exception");
  }

  @Test
  void all_mistakes_of_a_brokers_settings_are_told_at_once() {
    Shell.Ran ran = shell.with("BROKER_COMPAT", "perhaps").run("broker", "--port", "99999");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("BROKER_COMPAT").contains("BROKER_PORT");
  }

  @Test
  void with_json_a_failure_is_on_stdout_too() {
    Shell.Ran ran = shell.run("peers", "--json");

    assertThat(ran.exit()).isEqualTo(5);
    assertThat(ran.json().path("schema_version").stringValue()).isEqualTo("1.0");
    assertThat(ran.json().at("/error/code").stringValue()).isEqualTo("not_found");
    assertThat(ran.json().at("/error/exit_code").intValue()).isEqualTo(5);
    assertThat(ran.json().at("/error/message").stringValue()).contains("claudemesh create <name>");
    assertThat(ran.err()).contains("claudemesh join <link>");
  }

  @Test
  void an_argument_error_is_json_too() {
    Shell.Ran ran = shell.run("send", "--json");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.json().at("/error/code").stringValue()).isEqualTo("invalid_argument");
  }

  @Test
  void what_follows_two_dashes_is_not_ours() {
    Shell.Ran ran = shell.with("CLAUDE_BIN", "/no/claude").run("launch", "--", "--json");

    assertThat(ran.exit()).isEqualTo(9);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("CLAUDE_BIN=/no/claude").contains("install");
  }

  @Test
  void without_claude_code_launch_says_how_to_install_it() {
    Shell.Ran ran = shell.with("PATH", home.toString()).run("launch");

    assertThat(ran.exit()).isEqualTo(9);
    assertThat(ran.err()).contains("npm install -g @anthropic-ai/claude-code");
  }

  @Test
  void a_broken_config_is_named_with_the_place_and_left_alone() throws IOException {
    Files.createDirectories(shell.config().getParent());
    Files.writeString(shell.config(), "{\"meshes\": [}");

    Shell.Ran ran = shell.run("list");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err())
        .contains(shell.config().toString())
        .contains("line 1")
        .contains("Nothing was changed");
    assertThat(shell.config()).hasContent("{\"meshes\": [}");
  }

  @Test
  void a_broker_that_is_away_is_named_with_the_command_that_starts_one() throws IOException {
    Shell.Ran ran = shell.broker(nobodyListens()).run("create", "platform");

    assertThat(ran.exit()).isEqualTo(4);
    assertThat(ran.err()).contains("127.0.0.1").contains("claudemesh broker");
    assertThat(shell.config()).doesNotExist();
  }

  @Test
  void empty_lists_say_what_would_put_something_there() {
    Shell.Ran ran = shell.ok("list");

    assertThat(ran.out()).isEqualTo("You are in no mesh yet.\n");
    assertThat(ran.err())
        .contains("claudemesh join <link>")
        .contains("next: claudemesh create <name>");
    assertThat(shell.ok("list", "--json").json().path("meshes").isEmpty()).isTrue();
  }

  @Test
  void the_settings_of_the_broker_are_printed_with_their_sources() {
    Shell.Ran ran = shell.with("BROKER_PORT", "7999").ok("broker", "config", "--host", "localhost");

    assertThat(ran.out())
        .containsPattern("BROKER_PORT +7999 +environment")
        .containsPattern("BROKER_HOST +localhost +flag")
        .contains("default");
  }

  private static URI nobodyListens() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return URI.create("ws://127.0.0.1:" + free.getLocalPort() + "/ws");
    }
  }
}
