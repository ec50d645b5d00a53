package dev.claudemesh.cli.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.Cli;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.Operation.Effect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/// Which commands ask first. What comes after the gate fails for want of a mesh (5), so that
/// nothing but the gate is seen here.
class PolicyTest {
  private static final int CANCELLED = 1;
  private static final int ARGUMENTS = 3;
  private static final int NO_MESH = 5;
  private static final int REFUSED = 7;

  /// Those that no policy is about: Claude Code starts them, or they only help, or ask by
  /// themselves.
  private static final Set<String> APART =
      Set.of(
          "broker", "broker config", "completions", "help", "hook", "launch", "mcp", "status-line");

  @TempDir Path home;
  private Shell shell;

  @BeforeEach
  void aShell() {
    shell = new Shell(home, "ana");
  }

  @ParameterizedTest
  @CsvSource({
    "NOTHING, READ, ALLOW",
    "NOTHING, DESTROY, ALLOW",
    "DESTROY, READ, ALLOW",
    "DESTROY, WRITE, ALLOW",
    "DESTROY, REPEATABLE, ALLOW",
    "DESTROY, DESTROY, ASK",
    "WRITE, READ, ALLOW",
    "WRITE, REPEATABLE, ASK",
    "WRITE, WRITE, ASK",
    "WRITE, DESTROY, ASK",
    "READ, READ, ASK",
    "READ, DESTROY, ASK"
  })
  void what_is_asked_follows_from_what_a_command_does(
      AskBefore ask, Effect effect, Decision decision) {
    assertThat(new Policy(ask, Map.of()).decide("some command", effect)).isEqualTo(decision);
  }

  @Test
  void a_command_is_decided_by_its_words_then_by_its_first_one_then_by_what_it_does() {
    Policy policy =
        new Policy(AskBefore.WRITE, Map.of("task", Decision.ALLOW, "task delete", Decision.REFUSE));

    assertThat(policy.decide("task delete", Effect.DESTROY)).isEqualTo(Decision.REFUSE);
    assertThat(policy.decide("task create", Effect.WRITE)).isEqualTo(Decision.ALLOW);
    assertThat(policy.decide("send", Effect.WRITE)).isEqualTo(Decision.ASK);
    assertThat(policy.with(Optional.of(AskBefore.NOTHING)).decide("task delete", Effect.DESTROY))
        .as("a flag does not undo what is said of a single command")
        .isEqualTo(Decision.REFUSE);
  }

  @Test
  void without_a_policy_it_is_as_ever() {
    assertThat(shell.run("send", "bob", "hi").exit()).isEqualTo(NO_MESH);
    Shell.Ran ran = shell.run("state", "delete", "key");
    assertThat(ran.exit()).isEqualTo(ARGUMENTS);
    assertThat(ran.err()).contains("There is nobody to ask here; say so with -y.");
    assertThat(shell.run("state", "delete", "key", "-y").exit()).isEqualTo(NO_MESH);
  }

  @Test
  void with_a_policy_a_command_asks_and_where_nobody_is_names_the_flag() throws IOException {
    policy("ask: write\n");

    Shell.Ran ran = shell.run("send", "bob", "hi");
    assertThat(ran.exit()).isEqualTo(ARGUMENTS);
    assertThat(ran.err()).contains("Shall claudemesh send be done?", "--approval-mode nothing");
    assertThat(shell.run("task", "create", "mend it").exit()).isEqualTo(ARGUMENTS);
    assertThat(shell.run("peers").exit()).isEqualTo(NO_MESH);
    assertThat(shell.run("send", "--help").exit()).isZero();
    assertThat(shell.run("send", "bob", "hi", "--approval-mode", "nothing").exit())
        .isEqualTo(NO_MESH);
    assertThat(shell.typing("n\n").run("send", "bob", "hi").exit()).isEqualTo(CANCELLED);
    assertThat(shell.typing("y\n").run("send", "bob", "hi").exit()).isEqualTo(NO_MESH);
  }

  @Test
  void the_flag_alone_makes_a_command_ask_or_not() {
    assertThat(shell.run("peers", "--approval-mode", "read").exit()).isEqualTo(ARGUMENTS);
    assertThat(shell.run("peers", "--approval-mode", "write").exit()).isEqualTo(NO_MESH);
    assertThat(shell.run("state", "delete", "k", "--approval-mode", "nothing").exit())
        .isEqualTo(NO_MESH);
    Shell.Ran ran = shell.run("peers", "--approval-mode", "perhaps");
    assertThat(ran.exit()).isEqualTo(ARGUMENTS);
    assertThat(ran.err()).contains("perhaps", "nothing, destroy, write, read");
  }

  @Test
  void what_is_refused_is_not_done_whatever_is_said() throws IOException {
    policy("commands:\n  ban: refuse\n  ls: refuse\n  state delete: allow\n");

    Shell.Ran ran = shell.run("ban", "bob", "-y", "--approval-mode", "nothing", "--json");
    assertThat(ran.exit()).isEqualTo(REFUSED);
    assertThat(ran.json().at("/error/code").stringValue()).isEqualTo("permission");
    assertThat(ran.err()).contains("policy.yaml refuses claudemesh ban");
    assertThat(shell.run("list").exit()).as("ls is list").isEqualTo(REFUSED);
    assertThat(shell.run("state", "delete", "key").exit()).isEqualTo(NO_MESH);
  }

  @Test
  void what_usually_asks_only_people_asks_scripts_too_where_a_policy_says_so() throws IOException {
    assertThat(shell.run("ban", "bob").exit()).isEqualTo(NO_MESH);
    policy("commands:\n  ban: ask\n");
    assertThat(shell.run("ban", "bob", "-y").exit()).isEqualTo(NO_MESH);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ask: sometimes | line 1: ask cannot be \"sometimes\"; it may be nothing, destroy, write, read",
        "asks: write | line 1: \"asks\" is nothing a policy has; it may have ask, commands",
        "ask: write\\nask: read | line 2: \"ask\" stands here twice",
        "commands:\\n  snd: ask | line 2: \"snd\" is no command; did you mean send?",
        "commands:\\n  task crate: ask | line 2: \"task crate\" is no command; did you mean task create, task claim?",
        "commands:\\n  send: no | line 2: send cannot be \"no\"; it may be allow, ask, refuse",
        "commands:\\n  list: ask\\n  ls: refuse | line 3: \"list\" stands here twice",
        "commands: [send] | line 1: commands has fields",
        "ask: {a: b} | line 1: one word is expected here",
        "- ask | line 1: a policy has fields",
        "ask: write\\n  x: [ | line 2: this is not YAML"
      })
  void a_mistake_is_told_with_its_line_and_what_may_stand_there(String text, String told)
      throws IOException {
    policy(text.replace("\\n", "\n"));
    Shell.Ran ran = shell.run("peers");

    assertThat(ran.exit()).isEqualTo(ARGUMENTS);
    assertThat(ran.err()).contains(home.resolve(".claudemesh/policy.yaml") + ", " + told);
  }

  @Test
  void a_policy_that_is_empty_or_only_comments_changes_nothing() throws IOException {
    policy("# nothing yet\n");
    assertThat(shell.run("send", "bob", "hi").exit()).isEqualTo(NO_MESH);
  }

  @Test
  void what_claude_code_starts_never_asks() throws IOException {
    policy("nonsense");
    assertThat(shell.run("hook", "prompt").exit()).isZero();
    assertThat(shell.ok("status-line").out()).isEmpty();
  }

  @Test
  void the_policy_is_shown_command_by_command() throws IOException {
    policy("ask: write\ncommands:\n  send: allow\n");

    assertThat(shell.ok("policy").out())
        .containsPattern("\nsend +write +allow\n")
        .containsPattern("\ntask create +write +ask\n")
        .containsPattern("\npeers +read +allow\n")
        .containsPattern("\ndelete +destroy +ask\n");
    assertThat(shell.ok("policy", "--json").json().path("ask").stringValue()).isEqualTo("write");
  }

  @Test
  void every_command_says_what_it_does_or_stands_apart() {
    Set<String> silent = new TreeSet<>();
    walk(Cli.tree(shell.context()), silent);
    assertThat(silent).isEqualTo(new TreeSet<>(APART));
  }

  private static void walk(CommandLine below, Set<String> silent) {
    for (CommandLine command : below.getSubcommands().values()) {
      // A word that only leads to others does nothing itself.
      boolean leads =
          command.getCommandSpec().userObject().getClass().getSimpleName().equals("FamilyCommand");
      if (!leads && Gate.effect(command.getCommandSpec()).isEmpty()) {
        silent.add(Gate.words(command.getCommandSpec()));
      }
      walk(command, silent);
    }
  }

  private void policy(String text) throws IOException {
    Path file = home.resolve(".claudemesh/policy.yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
