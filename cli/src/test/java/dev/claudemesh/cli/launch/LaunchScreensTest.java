package dev.claudemesh.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// First run and launch in a real terminal, with a real broker, and a claude that takes notes.
class LaunchScreensTest {
  private static BrokerProcess broker;

  @TempDir static Path shared;
  @TempDir Path folder;
  private Path home;

  @BeforeAll
  static void start() throws IOException {
    broker = BrokerProcess.start(shared);
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void aHome() throws IOException {
    home = Tmux.home(folder);
  }

  /// A terminal as people have them.
  record Look(String name, int columns, int rows, String variable, String value) {
    @Override
    public String toString() {
      return name;
    }

    Tmux.Start in(Path home) {
      return Tmux.Start.in(home).sized(columns, rows).with(variable, value);
    }
  }

  static Stream<Look> looks() {
    return Stream.of(
        new Look("80x24", 80, 24, "LANG", "C.UTF-8"),
        new Look("200x50", 200, 50, "LANG", "C.UTF-8"),
        new Look("40x12", 40, 12, "LANG", "C.UTF-8"),
        new Look("no-color", 80, 24, "NO_COLOR", "1"),
        new Look("ascii", 80, 24, "LANG", "C"));
  }

  @ParameterizedTest
  @MethodSource("looks")
  void a_newcomer_makes_a_mesh_and_claude_gets_a_clean_terminal(Look look) throws Exception {
    try (Tmux tmux =
        Tmux.start(look.in(home).with("CLAUDEMESH_BROKER_URL", broker.url().toString()))) {
      tmux.sees("Join a mesh", "Exit");
      check(look, "welcome", tmux);
      tmux.press("Down", "Enter").sees("Name of the mesh").type("payments");
      tmux.sees("ops-incident");
      check(look, "template", tmux);
      tmux.press("Down", "Enter").sees("Your name");
      tmux.press("C-u").type("Ana").sees("None", "reviewer").press("r", "Enter");
      tmux.sees("Continue", "Ana", "reviewer");
      check(look, "confirm", tmux);
      tmux.press("Enter").sees("claude is here");
      assertThat(tmux.screen()).startsWith("claude is here");
      assertThat(tmux.state("#{alternate_on} #{cursor_flag} #{mouse_any_flag}")).isEqualTo("0 1 0");
      assertThat(Files.readString(home.resolve("claude-stty")))
          .containsPattern("\\bisig icanon\\b.*\\becho ")
          .containsPattern("(?<!-)icrnl\\b")
          .containsPattern("(?<!-)opost\\b");
      tmux.press("Enter");
      assertThat(tmux.ends()).isZero();
      assertThat(tmux.isClean()).isTrue();
      if (look.variable().equals("NO_COLOR")) {
        assertThat(tmux.written()).doesNotContainPattern("\u001b\\[[0-9;]*[1-9][0-9;]*m");
      }
      assertThat(tmux.screen()).contains("next: claudemesh --resume ");
    }
    String id = argumentAfter("--session-id");
    assertThat(environment())
        .contains(
            "CLAUDEMESH_SESSION_ID=" + id,
            "CLAUDEMESH_DISPLAY_NAME=Ana",
            "CLAUDEMESH_ROLE=reviewer");
    Shell shell = new Shell(home, "ana").broker(broker.url());
    assertThat(shell.ok("task", "list").out()).as("the template").isNotBlank();
    assertThat(shell.ok("members").out()).contains("Ana");
  }

  private static void check(Look look, String name, Tmux tmux) throws IOException {
    assertThat(tmux.screen().lines())
        .allSatisfy(line ->
            assertThat(dev.claudemesh.cli.terminal.Columns.of(line))
                .isLessThanOrEqualTo(look.columns()));
    GoldenCapture.check(look.name() + "/" + name, tmux.screen());
  }

  @Test
  void colours_are_of_one_palette() throws Exception {
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home))) {
      tmux.sees("Join a mesh", "Exit");
      GoldenCapture.check("80x24/welcome-coloured", tmux.coloured());
    }
  }

  @Test
  void a_link_alone_joins_and_launches() throws Exception {
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).saying(invite("harbour")))) {
      tmux.sees("Your name").press("C-u").type("Ben").sees("What does the session do?");
      tmux.press("Enter").sees("invited by Olga", "Continue");
      GoldenCapture.check("80x24/joining", tmux.screen());
      tmux.press("Enter").sees("claude is here").press("Enter");
      assertThat(tmux.ends()).isZero();
    }
    assertThat(new Shell(home, "ben").ok("members").out()).contains("Ben", "Olga");
  }

  @Test
  void a_link_can_be_pasted_and_what_is_wrong_with_it_is_said_there() throws Exception {
    String link = invite("platform");
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home))) {
      tmux.sees("Join a mesh").press("Enter").sees("Invite link");
      tmux.type("nonsense!").sees("What you gave");
      GoldenCapture.check("80x24/refused", tmux.screen());
      tmux.press("C-u").paste(link + "\n").press("Enter").sees("Your name");
      tmux.press("Escape").sees("Invite link").press("Escape").sees("Sign in");
      tmux.press("C-c");
      assertThat(tmux.ends()).isEqualTo(130);
    }
  }

  @Test
  void an_invite_that_cannot_be_taken_is_an_interruption_with_ways_on() throws Exception {
    String link = invite("platform").replaceAll("/i/[A-Z2-9]{8}#.*", "/i/ABCD2345");
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).saying(link))) {
      tmux.sees("This invite cannot be taken", "Type another link");
      GoldenCapture.check("80x24/bad-invite", tmux.screen());
      tmux.press("Down", "Enter").sees("Sign in").press("C-c");
      assertThat(tmux.ends()).isEqualTo(130);
      assertThat(tmux.isClean()).isTrue();
    }
  }

  @Test
  void a_resumed_session_comes_back_as_what_it_was_with_one_key() throws Exception {
    mesh("atlas");
    mesh("borealis");
    try (Tmux tmux =
        Tmux.start(
            Tmux.Start.in(home)
                .saying(
                    "launch",
                    "--mesh",
                    "atlas",
                    "--name",
                    "Ana R",
                    "--role",
                    "lead",
                    "--groups",
                    "backend:lead,web"))) {
      tmux.sees("(0 peers online)", "backend:lead,web").press("Enter").sees("claude is here");
      tmux.press("Enter");
      assertThat(tmux.ends()).isZero();
    }
    String id = argumentAfter("--session-id");
    new Shell(home, "ana").ok("peers", "--mesh", "borealis");
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).saying("--resume", id))) {
      tmux.sees("atlas", "Ana R", "lead", "backend:lead,web", id, "online");
      GoldenCapture.check("80x24/resume", tmux.screen());
      tmux.press("Enter").sees("claude is here").press("Enter");
      assertThat(tmux.ends()).isZero();
    }
    assertThat(argumentAfter("--resume")).isEqualTo(id);
    assertThat(arguments()).doesNotContain("--session-id");
    assertThat(environment()).contains("CLAUDEMESH_SESSION_ID=" + id, "CLAUDEMESH_ROLE=lead");
  }

  @Test
  void of_several_meshes_one_is_picked_or_changed() throws Exception {
    mesh("alpha");
    mesh("beta");
    Files.delete(home.resolve(".claudemesh/last-used.json"));
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home))) {
      tmux.sees("Which mesh?", "alpha", "beta");
      GoldenCapture.check("80x24/meshes", tmux.screen());
      tmux.press("b", "Enter").sees("Continue", "beta (0 peers online)");
      tmux.press("Down", "Enter").sees("Which mesh?").press("Enter");
      tmux.sees("alpha (0 peers online)").press("End", "Enter");
      assertThat(tmux.ends()).as("Cancel").isEqualTo(1);
      assertThat(tmux.isClean()).isTrue();
    }
  }

  @Test
  void a_mesh_that_is_not_there_is_said_so_and_another_can_be_chosen() throws Exception {
    mesh("delta");
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).saying("--mesh", "gamma"))) {
      tmux.sees("There is no such mesh for you", "\"gamma\"");
      GoldenCapture.check("80x24/unknown-mesh", tmux.screen());
      tmux.press("Enter").sees("Which mesh?", "delta").press("C-c");
      assertThat(tmux.ends()).isEqualTo(130);
    }
  }

  @Test
  void a_broker_that_dies_is_waited_for_and_the_card_comes_back() throws Exception {
    try (BrokerProcess mortal = BrokerProcess.start(folder)) {
      new Shell(home, "ana").broker(mortal.url()).ok("create", "platform", "--as", "Olga");
      try (Tmux tmux = Tmux.start(Tmux.Start.in(home))) {
        tmux.sees("platform (0 peers online)").press("Down");
        mortal.kill();
        tmux.sees("The broker of platform is away", "Trying again in", "Start without it");
        GoldenCapture.check("80x24/broker-lost", tmux.screen());
        mortal.startAgain();
        tmux.seesNoMore("is away").sees("platform (0 peers online)", "Continue");
        mortal.kill();
        tmux.sees("Start without it").press("Down", "Enter").sees("its broker is away");
        tmux.press("Enter").sees("claude is here").press("Enter");
        assertThat(tmux.ends()).isZero();
      }
    }
  }

  @Test
  void names_of_others_can_neither_colour_nor_move_anything() throws Exception {
    Shell other = new Shell(Files.createDirectory(folder.resolve("eve")), "eve");
    other.broker(broker.url()).ok("create", "evil", "--as", "\u001b[31mEve\u001b[2J\u202e");
    String link = other.ok("invite").out().strip();
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).with("NO_COLOR", "1").saying(link))) {
      tmux.sees("invited by ␛[31mEve␛[2J");
      assertThat(tmux.written()).doesNotContain("\u001b[31m");
      tmux.press("C-c");
      assertThat(tmux.ends()).isEqualTo(130);
    }
  }

  @Test
  void a_dumb_terminal_is_asked_by_numbers() throws Exception {
    Tmux.Start dumb =
        Tmux.Start.in(home)
            .with("TERM", "dumb")
            .with("CLAUDEMESH_BROKER_URL", broker.url().toString());
    try (Tmux tmux = Tmux.start(dumb)) {
      tmux.sees("Number [1]:").type("7").sees("Type a number from 1 to 4");
      tmux.type("2").sees("Name of the mesh:").type("payments");
      tmux.sees("What does it begin with?").type("").sees("Your name [ana]:");
      tmux.type("").sees("What does the session do?").type("4").sees("Change name or role");
      GoldenCapture.check("dumb/questions", tmux.screen());
      tmux.type("").sees("claude is here").press("Enter");
      assertThat(tmux.ends()).isZero();
      assertThat(tmux.written()).doesNotContain("\u001b");
    }
    assertThat(environment()).contains("CLAUDEMESH_ROLE=reviewer");
  }

  private Shell mesh(String name) {
    Shell shell = new Shell(home, "ana").broker(broker.url());
    shell.ok("create", name, "--as", "Ana");
    return shell;
  }

  private String invite(String name) throws IOException {
    Shell owner = new Shell(Files.createDirectories(folder.resolve("olga")), "olga");
    owner.broker(broker.url()).ok("create", name, "--as", "Olga");
    return owner.ok("invite").out().strip();
  }

  private String argumentAfter(String flag) throws IOException {
    List<String> arguments = arguments();
    return arguments.get(arguments.indexOf(flag) + 1);
  }

  private List<String> arguments() throws IOException {
    return Files.readAllLines(home.resolve("claude-arguments"));
  }

  private List<String> environment() throws IOException {
    return Files.readAllLines(home.resolve("claude-environment"));
  }
}
