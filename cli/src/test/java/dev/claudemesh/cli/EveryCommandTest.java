package dev.claudemesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.mesh.GoldenScreens;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Field;
import dev.claudemesh.protocol.Shape;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// What holds for each command alike: what it answers programs is held by a golden file, and what
/// it cannot understand ends it with 3 before anything is done.
class EveryCommandTest {
  /// Those that answer no program with one object, and why.
  private static final Set<String> NO_GOLDEN =
      Set.of(
          "audit export", // prints the audit itself, line by line
          "stream tail", // prints what comes, line by line
          "mcp", // speaks MCP
          "mcp host", // runs until it is stopped
          "mcp call", // prints what the tool answers
          "mcp remove", // needs somebody who lends tools; see McpCommandsTest
          "broker", // runs until it is stopped
          "broker config", // names all settings; see ArgumentsTest
          "launch", // becomes claude
          "hook", // speaks to Claude Code
          "kick", // needs a session; see MeshCommandsTest
          "register", // signs in like login
          "completions", // a script
          "demo", // runs the others
          "doctor", // about this machine; see DoctorTest
          "policy", // names all commands; see PolicyTest
          "help"); // a text

  @TempDir Path temp;

  static Stream<String> commands() {
    return leaves(Cli.tree(new Shell(Path.of("/nonexistent"), "ana").context())).stream();
  }

  private static List<String> leaves(CommandLine below) {
    List<String> leaves = new ArrayList<>();
    below.getSubcommands().values().stream()
        .distinct()
        .forEach(command -> {
          boolean leads = command.getCommandSpec().userObject().getClass() == FamilyCommand.class;
          if (!leads) {
            String name = command.getCommandSpec().qualifiedName();
            leaves.add(name.substring(name.indexOf(' ') + 1));
          }
          leaves.addAll(leaves(command));
        });
    return leaves;
  }

  @Test
  void what_each_answers_programs_is_held_by_a_golden_file() throws IOException {
    Path folder =
        Path.of(System.getProperty("claudemesh.root"), "cli/src/test/resources/golden/cli");
    Set<String> lacking = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      List<String> held = files.map(file -> file.getFileName().toString()).toList();
      commands()
          .filter(words -> held.stream().noneMatch(file -> isOf(words, file)))
          .forEach(lacking::add);
    }
    assertThat(lacking).isEqualTo(new TreeSet<>(NO_GOLDEN));
  }

  private static boolean isOf(String words, String file) {
    String name = words.replace(' ', '-');
    return file.equals(name + ".json") || file.equals(name + "-account.json");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void an_option_that_there_is_not_ends_it_with_3(String words) {
    Shell.Ran ran = run(words, "--no-such-option");

    assertThat(ran.exit()).isEqualTo(ExitCode.ARGUMENTS.number());
    assertThat(ran.err()).containsPattern("--no-such-option|Missing required");
    assertThat(ran.out()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void a_parameter_that_is_missing_ends_it_with_3(String words) {
    CommandSpec spec = spec(words);
    if (spec.positionalParameters().stream().anyMatch(one -> one.arity().min() > 0)) {
      Shell.Ran ran = run(words);

      assertThat(ran.exit()).isEqualTo(ExitCode.ARGUMENTS.number());
      assertThat(ran.err()).containsPattern("[Mm]issing|required");
    }
  }

  static Stream<Catalog.Op> made() {
    return Catalog.operations().stream().filter(op -> !op.operation().cli().isEmpty());
  }

  @ParameterizedTest
  @MethodSource("made")
  void a_value_of_another_kind_is_refused_by_the_name_of_its_field(Catalog.Op op) {
    for (Field field : Field.of(op.record())) {
      if (!(field.shape() instanceof Shape.Whole || field.shape() instanceof Shape.Choice)) {
        continue;
      }
      List<String> line = new ArrayList<>(List.of(op.operation().cli().split(" ")));
      for (Field required : Field.of(op.record()).stream().filter(Field::required).toList()) {
        line.add(required == field ? "nonsense" : "x".repeat(8));
      }
      if (!field.required()) {
        line.add("--" + field.toolName().replace('_', '-') + "=nonsense");
      }
      Shell.Ran ran = new Shell(temp, "ana").run(line.toArray(String[]::new));

      assertThat(ran.exit()).as("%s: %s", line, ran.err()).isEqualTo(3);
      assertThat(ran.err()).contains(field.toolName());
    }
  }

  private Shell.Ran run(String words, String... more) {
    List<String> line = new ArrayList<>(List.of(words.split(" ")));
    line.addAll(List.of(more));
    return new Shell(temp, "ana").run(line.toArray(String[]::new));
  }

  private CommandSpec spec(String words) {
    CommandLine command = Cli.tree(new Shell(temp, "ana").context(), words.split(" ")[0]);
    for (String word : words.split(" ")) {
      command = command.getSubcommands().get(word);
    }
    return command.getCommandSpec();
  }

  @Test
  void answers_of_commands_that_no_other_test_holds_keep_their_shape() throws IOException {
    try (TestBroker broker = TestBroker.start()) {
      Shell ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl()).at(broker.clock());
      Shell bob = new Shell(temp.resolve("bob"), "bob").broker(broker.wsUrl()).at(broker.clock());
      ana.ok("create", "golden");
      bob.ok("join", ana.ok("invite").out().strip());
      ana.ok("peers");
      GoldenScreens golden = new GoldenScreens();

      String task = ana.ok("task", "create", "Mend it", "--tags", "a,b", "--json").out();
      String id = Wire.mapper().readTree(task).path("id").asString();
      golden.check("task-create.json", task);
      golden.check("task-claim.json", bob.ok("task", "claim", id, "--json").out());
      golden.check("task-release.json", bob.ok("task", "release", id, "--json").out());
      bob.ok("task", "claim", id);
      golden.check("task-done.json", bob.ok("task", "done", id, "--result", "ok", "--json").out());
      golden.check("task-list.json", ana.ok("task", "list", "--json").out());
      String other = ana.ok("task", "create", "Not needed", "--json").out();
      golden.check(
          "task-cancel.json",
          ana.ok("task", "cancel", Wire.mapper().readTree(other).path("id").asString(), "--json")
              .out());

      check(golden, "clock-set.json", ana.ok("clock", "set", "10", "--json").out());
      check(golden, "clock-pause.json", ana.ok("clock", "pause", "--json").out());
      check(golden, "clock-resume.json", ana.ok("clock", "resume", "--json").out());
      check(golden, "clock-show.json", ana.ok("clock", "show", "--json").out());

      String remind = ana.ok("remind", "look", "--in", "2h", "--json").out();
      check(golden, "remind.json", remind);
      check(golden, "remind-list.json", ana.ok("remind", "list", "--json").out());
      check(
          golden,
          "remind-cancel.json",
          ana.ok("remind", "cancel", Wire.mapper().readTree(remind).path("id").asString(), "--json")
              .out());

      golden.check("sql.json", ana.ok("sql", "select 1 as one, 'a' as two", "--json").out());
      golden.check("permissions.json", ana.ok("permissions", "--json").out());
      golden.check("grant.json", ana.ok("grant", "bob", "tools", "--json").out());
      golden.check("revoke.json", ana.ok("revoke", "bob", "tools", "--json").out());
      golden.check("approve.json", ana.ok("approve", "--list", "--json").out());
      check(
          golden,
          "audit-list.json",
          ana.ok("audit", "list", "--type", "set_grants", "--limit", "1", "--json").out());
      check(golden, "audit-verify.json", ana.ok("audit", "verify", "--json").out());
      golden.check("mcp-list.json", ana.ok("mcp", "list", "--json").out());
      golden.check("status-line.json", ana.piped("{}").ok("status-line", "--json").out());
      claims(golden, ana);
      installing(golden, ana);
    }
  }

  /// Counts, moments and ids differ from run to run.
  private static void check(GoldenScreens golden, String name, String answer) throws IOException {
    golden.check(
        name,
        answer
            .replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID")
            .replaceAll("\":\\d+", "\":0")
            .replaceAll("\\b\\d{13}\\b", "MILLIS"));
  }

  private static void claims(GoldenScreens golden, Shell shell) throws IOException {
    Files.createDirectories(shell.home().resolve(".git"));
    golden.check(
        "claims-add.json", shell.ok("claims", "add", "src/**", "--note", "new", "--json").out());
    golden.check("claims-list.json", shell.ok("claims", "list", "--json").out());
    golden.check("claims-release.json", shell.ok("claims", "release", "--json").out());
  }

  private static void installing(GoldenScreens golden, Shell shell) throws IOException {
    Path launcher = shell.home().resolve("claudemesh");
    Files.writeString(launcher, "#!/bin/sh\n");
    shell.launcher(launcher);
    String home = shell.home().toString();
    golden.check("install.json", shell.ok("install", "--json").out().replace(home, "HOME"));
    check(golden, "uninstall.json", shell.ok("uninstall", "--json").out().replace(home, "HOME"));
  }
}
