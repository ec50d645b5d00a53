package dev.claudemesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionsTest {
  @TempDir Path temp;
  private Shell shell;

  @BeforeEach
  void aShell() {
    shell = new Shell(temp, "ana");
  }

  @Test
  void bash_reads_the_script_without_a_word() throws Exception {
    assertThat(run("bash", "-n", script("bash").toString())).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "claudemesh ver, verify",
    "claudemesh task cre, create",
    "claudemesh send bob hi --prio, --priority",
    "claudemesh task l, list",
    "claudemesh completions f, fish"
  })
  void bash_completes_commands_options_and_choices(String typed, String completed)
      throws Exception {
    String[] words = typed.split(" ");
    String out =
        run(
            "bash",
            "-c",
            "source "
                + script("bash")
                + "; COMP_WORDS=("
                + typed
                + "); COMP_CWORD="
                + (words.length - 1)
                + "; COMP_LINE='"
                + typed
                + "'; COMP_POINT="
                + typed.length()
                + "; _complete_claudemesh; printf '%s\\n' \"${COMPREPLY[@]}\"");

    assertThat(out.lines().map(String::strip)).contains(completed);
  }

  @Test
  void bash_knows_whom_to_ask() throws Exception {
    assertThat(run("bash", "-c", "source " + script("bash") + "; complete -p claudemesh"))
        .contains("_complete_claudemesh");
  }

  @Test
  void zsh_is_told_to_run_what_was_written_for_bash() {
    assertThat(shell.ok("completions", "zsh").out())
        .startsWith("autoload -U +X compinit && compinit\n")
        .contains("bashcompinit")
        .contains("_complete_claudemesh");
  }

  @Test
  void fish_has_every_command_with_what_it_is_for() {
    String script = shell.ok("completions", "fish").out();

    Cli.GROUPS.values().stream()
        .flatMap(List::stream)
        .flatMap(word -> word.names().stream())
        .forEach(name ->
            assertThat(script)
                .contains(
                    "complete -c claudemesh -n '__fish_use_subcommand' -a " + name + " -d '"));
    assertThat(script)
        .contains(
            "-n '__fish_seen_subcommand_from task; and not __fish_seen_subcommand_from ",
            "-n '__fish_seen_subcommand_from backup' -F\n",
            "-n '__fish_seen_subcommand_from backup' -l passphrase-file -rF",
            "-n '__fish_seen_subcommand_from task; and __fish_seen_subcommand_from create' -l tags")
        .doesNotContain("${");
    assertThat(script.lines())
        .allSatisfy(line ->
            assertThat(line.replace("\\'", "").chars().filter(sign -> sign == '\'').count())
                .isEven());
  }

  @Test
  void fish_itself_reads_it() throws Exception {
    assumeTrue(isInstalled("fish"));
    assertThat(run("fish", "--no-execute", script("fish").toString())).isEmpty();
    assertThat(
            run(
                "fish",
                "--no-config",
                "-c",
                "source " + script("fish") + "; complete -C 'claudemesh ver'"))
        .startsWith("verify");
  }

  @Test
  void another_shell_and_none_are_refused() {
    assertThat(shell.run("completions", "tcsh").exit()).isEqualTo(3);
    assertThat(shell.run("completions").exit()).isEqualTo(3);
    assertThat(shell.ok("completions", "fish", "--json").json().path("script").stringValue())
        .contains("complete -c claudemesh");
  }

  private Path script(String name) throws IOException {
    return Files.writeString(
        temp.resolve("claudemesh." + name), shell.ok("completions", name).out());
  }

  private static boolean isInstalled(String program) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  private static String run(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as("%s\n%s", Arrays.toString(command), out).isZero();
    return out;
  }
}
