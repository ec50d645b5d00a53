package dev.claudemesh.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.terminal.Language;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HelpCommandTest {
  @TempDir Path home;
  private Shell shell;

  @BeforeEach
  void aShell() {
    shell = new Shell(home, "ana");
  }

  @Test
  void alone_it_lists_the_commands_and_the_topics() {
    Shell.Ran ran = shell.ok("help");

    assertThat(ran.out()).isEqualTo(shell.ok("--help").out());
    assertThat(ran.err()).contains("Topics: names, priorities, encryption");
  }

  @Test
  void a_command_is_explained_as_it_explains_itself() {
    assertThat(shell.ok("help", "send").out()).isEqualTo(shell.ok("send", "--help").out());
    assertThat(shell.ok("help", "share").out()).isEqualTo(shell.ok("invite", "--help").out());
    assertThat(shell.ok("help", "task", "create").out())
        .isEqualTo(shell.ok("task", "create", "--help").out());
  }

  @Test
  void every_topic_has_a_page_that_fits_a_terminal_and_no_command_is_called_so() {
    List<String> commands =
        Cli.GROUPS.values().stream()
            .flatMap(List::stream)
            .flatMap(word -> word.names().stream())
            .toList();

    assertThat(HelpCommand.topics(Language.ENGLISH)).hasSize(7);
    HelpCommand.topics(Language.ENGLISH)
        .forEach((topic, page) -> {
          assertThat(commands).doesNotContain(topic);
          assertThat(shell.ok("help", topic).out()).isEqualTo(page + "\n");
          assertThat(page.lines()).allMatch(line -> line.length() <= 100).hasSizeGreaterThan(3);
        });
  }

  @Test
  void a_page_keeps_how_it_is_laid_out() {
    assertThat(shell.ok("help", "files").out())
        .startsWith("  ~/.claudemesh/config.json ")
        .contains("\n  ~/.claudemesh/sessions/ ");
  }

  @Test
  void what_is_neither_is_answered_with_what_was_meant() {
    Shell.Ran command = shell.run("help", "snd");
    assertThat(command.exit()).isEqualTo(3);
    assertThat(command.err()).contains("Did you mean send?");
    assertThat(shell.run("help", "encription").err()).contains("Did you mean encryption?");
    assertThat(shell.run("help", "task", "creat").err()).contains("Did you mean create?");
    assertThat(shell.run("help", "xyzzyxyzzy").err()).contains("See claudemesh help.");
  }

  @Test
  void the_answer_for_programs_holds_the_page() {
    assertThat(shell.ok("help", "scripts", "--json").json().path("text").stringValue())
        .contains("9 Claude Code missing");
  }
}
