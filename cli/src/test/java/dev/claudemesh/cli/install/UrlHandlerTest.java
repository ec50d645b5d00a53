package dev.claudemesh.cli.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.Shell;
import dev.claudemesh.cli.mesh.GoldenScreens;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UrlHandlerTest {
  private static final String OURS =
      "x-scheme-handler/claudemesh=claudemesh-url-handler.desktop;\n";

  @TempDir Path home;
  private Shell shell;
  private Path apps;
  private Path entry;

  @BeforeEach
  void aShell() {
    shell = new Shell(home, "ana").launcher(Path.of("/opt/the mesh/claudemesh"));
    apps = home.resolve(".config/mimeapps.list");
    entry = home.resolve(".local/share/applications/claudemesh-url-handler.desktop");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[Default Applications]\ntext/html=firefox.desktop;\n",
        "# mine\n[Added Associations]\nx-scheme-handler/claudemesh=other.desktop;\n\n"
            + "[Default Applications]\nimage/png = viewer.desktop\n[Removed Associations]\nx-scheme-handler/claudemesh=old.desktop;\n",
        "[Default Applications]\nx-scheme-handler/claudemesh=other.desktop;\n"
      })
  void what_others_wrote_stays_to_the_letter(String before) throws IOException {
    Files.createDirectories(apps.getParent());
    Files.writeString(apps, before);
    Files.setPosixFilePermissions(apps, PosixFilePermissions.fromString("rw-r--r--"));

    shell.ok("url-handler", "install");
    String between = Files.readString(apps);
    shell.ok("url-handler", "install");

    assertThat(between.replaceFirst("(?s).*\\[Default Applications]\n", ""))
        .startsWith("x-scheme-handler/claudemesh=claudemesh-url-handler.desktop;");
    assertThat(apps).hasContent(between);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(apps)))
        .isEqualTo("rw-r--r--");
    shell.ok("url-handler", "remove");
    assertThat(Files.readString(apps)).isEqualTo(before);
    assertThat(entry).doesNotExist();
  }

  @Test
  void a_list_that_was_not_there_is_gone_again_afterwards() {
    shell.ok("url-handler", "install");
    assertThat(apps).hasContent("[Default Applications]\n" + OURS);
    assertThat(entry).exists();

    shell.ok("url-handler", "remove");
    assertThat(apps).doesNotExist();
    assertThat(shell.ok("url-handler", "remove").err()).doesNotContain("changed");
  }

  @Test
  void a_section_that_was_not_there_is_put_behind_what_has_no_line_end() {
    assertThat(MimeApps.with("[Added Associations]\na/b=c;"))
        .isEqualTo("[Added Associations]\na/b=c;\n[Default Applications]\n" + OURS);
  }

  /// As a desktop reads it: first the escapes of a value, then the quotes of a command.
  @Test
  void the_link_reaches_join_as_one_word_whatever_stands_in_it() throws Exception {
    Path program = home.resolve("it's $HOME \"quoted\" 100%");
    Files.writeString(program, "#!/bin/sh\nprintf '<%s>' \"$@\"\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    String exec =
        UrlHandlerCommand.desktopEntry(program)
            .lines()
            .filter(line -> line.startsWith("Exec="))
            .findFirst()
            .orElseThrow()
            .substring("Exec=".length());
    String command =
        exec.replace("\\\\", "\\").replace("%u", "'claudemesh://i/$(id);`id`'").replace("%%", "%");

    Process process =
        new ProcessBuilder("/bin/sh", "-c", command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(out).startsWith("<join><--ask><claudemesh://i/$(id);`id`>");
  }

  @Test
  void a_link_that_was_clicked_joins_only_when_the_user_says_so() {
    assertThat(shell.typing("n\n").run("join", "--ask", "claudemesh://i/ABCD2345").exit())
        .isEqualTo(1);
    assertThat(shell.piped("").run("join", "--ask", "claudemesh://i/ABCD2345").exit()).isEqualTo(3);
    assertThat(shell.config()).doesNotExist();
  }

  @Test
  void the_answer_for_programs_keeps_its_shape() throws IOException {
    new GoldenScreens()
        .check(
            "url-handler.json",
            shell.ok("url-handler", "install", "--json").out().replace(home.toString(), "HOME"));
  }

  @Test
  void without_its_script_nothing_is_installed() {
    Shell lost = new Shell(home.resolve("lost"), "ana");

    assertThat(lost.run("url-handler", "install").exit()).isEqualTo(3);
    assertThat(lost.home().resolve(".config")).doesNotExist();
  }
}
