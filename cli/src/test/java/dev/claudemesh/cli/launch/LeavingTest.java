package dev.claudemesh.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.config.ConfigFile;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.Keys;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// However a screen is left, the terminal is as it was found.
class LeavingTest {
  @TempDir Path folder;
  private Path home;

  @BeforeEach
  void aHome() throws IOException {
    home = Tmux.home(folder);
  }

  @Test
  void ctrl_c_leaves_with_130_and_the_shell_as_it_was() throws Exception {
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home))) {
      tmux.sees("Join a mesh").press("C-c");
      assertThat(tmux.ends()).isEqualTo(130);
      assertThat(tmux.isClean()).isTrue();
      assertThat(tmux.screen()).startsWith("exit=130");
    }
  }

  @Test
  void keys_that_would_stop_or_dump_other_programs_do_nothing() throws Exception {
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home))) {
      tmux.sees("Join a mesh").press("C-z", "C-\\", "F5", "M-x", "Tab").sees("▸ Make a mesh");
      GoldenCapture.check("80x24/welcome-second", tmux.screen());
      tmux.press("C-c");
      assertThat(tmux.ends()).isEqualTo(130);
    }
  }

  @ParameterizedTest
  @CsvSource({"TERM,143", "HUP,129", "INT,130"})
  void a_signal_leaves_it_clean(String signal, int exit) throws Exception {
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home))) {
      tmux.sees("Join a mesh").press("Enter").sees("Invite link");
      new ProcessBuilder("kill", "-" + signal, Long.toString(tmux.program().pid()))
          .start()
          .waitFor();
      assertThat(tmux.ends()).isEqualTo(exit);
      assertThat(tmux.isClean()).isTrue();
      assertThat(tmux.screen()).doesNotContain("Invite link");
    }
  }

  @Test
  void what_was_chosen_to_leave_is_cancelled() throws Exception {
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home))) {
      tmux.sees("Join a mesh").press("Up", "Enter");
      assertThat(tmux.ends()).isEqualTo(1);
      assertThat(tmux.screen()).contains("Nothing was started.", "next: claudemesh demo");
      assertThat(tmux.isClean()).isTrue();
    }
  }

  @Test
  void another_size_of_the_window_draws_it_anew() throws Exception {
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).sized(200, 50))) {
      tmux.sees("by an invite link");
      tmux.resize(40, 12);
      tmux.seesNoMore("by an invite").sees("Join a mesh");
      GoldenCapture.check("40x12/welcome", tmux.screen());
      tmux.resize(80, 24);
      tmux.sees("by an invite link");
      GoldenCapture.check("80x24/welcome", tmux.screen());
      tmux.press("C-c");
      assertThat(tmux.ends()).isEqualTo(130);
    }
  }

  @Test
  void keys_that_are_pressed_early_are_for_claude() throws Exception {
    member();
    Tmux.Start quiet = Tmux.Start.in(home).saying("launch", "--quiet");
    try (Tmux tmux = Tmux.start(quiet)) {
      tmux.sees("claude is here").press("Enter");
      assertThat(tmux.ends()).isZero();
      assertThat(tmux.screen()).doesNotContain("next:", "Directory");
    }
  }

  @Test
  void skipping_permissions_is_asked_once_and_yes_has_to_be_typed() throws Exception {
    member();
    Tmux.Start skipping = Tmux.Start.in(home).saying("-y");
    try (Tmux tmux = Tmux.start(skipping)) {
      tmux.sees("Type yes if that is what you want").type("y");
      assertThat(tmux.ends()).isEqualTo(1);
      assertThat(home.resolve("claude-arguments")).doesNotExist();
    }
    try (Tmux tmux = Tmux.start(skipping)) {
      tmux.sees("Type yes if that is what you want").type("yes").sees("claude is here");
      tmux.sees("claude will not ask before it acts").press("Enter");
      assertThat(tmux.ends()).isZero();
    }
    assertThat(arguments()).contains("--dangerously-skip-permissions");
    try (Tmux tmux = Tmux.start(skipping)) {
      tmux.sees("claude is here");
      assertThat(tmux.screen()).doesNotContain("Type yes");
      tmux.press("Enter");
      assertThat(tmux.ends()).isZero();
    }
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).saying("--non-interactive"))) {
      tmux.sees("claude is here").press("Enter");
      assertThat(tmux.ends()).isZero();
    }
    assertThat(arguments()).doesNotContain("--dangerously-skip-permissions");
  }

  @Test
  void a_claude_that_is_killed_leaves_no_terminal_that_cannot_be_used() throws Exception {
    member();
    Files.writeString(
        home.resolve("claude"),
        """
        #!/bin/sh
        printf '\\033[?1049h\\033[?1003h\\033[?1006h\\033[?2004h\\033[?25l'
        stty raw -echo
        kill -9 $$
        """);
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).saying("launch", "--quiet"))) {
      assertThat(tmux.ends()).isEqualTo(137);
      assertThat(tmux.state("#{alternate_on} #{cursor_flag} #{mouse_any_flag} #{mouse_sgr_flag}"))
          .isEqualTo("0 1 0 0");
      assertThat(Files.readString(home.resolve("stty-after")))
          .isEqualTo(Files.readString(home.resolve("stty-before")));
    }
  }

  @Test
  void without_claude_code_the_card_says_so_and_the_end_says_how_to_get_it() throws Exception {
    member();
    try (Tmux tmux = Tmux.start(Tmux.Start.in(home).with("CLAUDE_BIN", "/no/claude"))) {
      tmux.sees("not on this machine").press("Down", "Up");
      tmux.sees("Start without it").press("Down", "Enter").sees("Continue").press("Enter");
      tmux.sees("is not a program", "npm install -g");
      assertThat(tmux.ends()).isEqualTo(9);
      assertThat(tmux.isClean()).isTrue();
    }
  }

  @Test
  void a_pipe_gets_no_screen() throws Exception {
    Shell.Ran ran = new Shell(home, "ana").run();
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).endsWith("next: claudemesh demo\n");
  }

  /// Of a mesh whose broker is away.
  private void member() {
    Membership mesh =
        new Membership(
            "id-of-platform",
            "member",
            "platform",
            "platform",
            Keys.generate(),
            URI.create("ws://127.0.0.1:1/ws"),
            Instant.EPOCH,
            Optional.empty(),
            List.of());
    new ConfigFile(home.resolve(".claudemesh"), warning -> {}).update(config -> config.with(mesh));
  }

  private List<String> arguments() throws IOException {
    return Files.readAllLines(home.resolve("claude-arguments"));
  }
}
