package dev.claudemesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A release as `dist/build` makes it, on a machine with an empty home and without a Java that
/// anybody told it of.
class ReleaseIT {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```sh( terminal=broker)?\\n(.*?)^```$");

  @TempDir private static Path built;
  private static Path archive;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @BeforeAll
  static void build() throws Exception {
    Process process =
        new ProcessBuilder(
                Sources.root().resolve("dist/build").toString(), "--as-built", built.toString())
            .redirectError(built.resolve("err").toFile())
            .redirectOutput(built.resolve("out").toFile())
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(built.resolve("err"))).isZero();
    archive = Path.of(Files.readString(built.resolve("out")).strip());
  }

  @Test
  void the_quickstart_does_what_it_says() throws Exception {
    List<String> terminal = new ArrayList<>();
    List<String> brokerTerminal = new ArrayList<>();
    int installing = 0;
    Matcher blocks = BLOCK.matcher(Sources.read(Sources.root().resolve("docs/quickstart.md")));
    while (blocks.find()) {
      if (blocks.group(1) != null) {
        brokerTerminal.add(blocks.group(2));
        installing = terminal.size();
      } else {
        terminal.add(blocks.group(2));
      }
    }
    assertThat(terminal).hasSizeGreaterThan(7);
    assertThat(brokerTerminal).hasSize(1);
    assertThat(installing).isEqualTo(1);

    Program machine = Program.empty(folder);
    Files.createLink(folder.resolve(archive.getFileName()), archive);
    Program.Ended installed = machine.run(terminal.getFirst());
    assertThat(installed.exit()).as("%s\n%s", installed.out(), installed.err()).isZero();
    assertThat(installed.out()).startsWith("claudemesh ");

    String path = "cd \"$HOME\"; export PATH=\"$HOME/.local/bin:$PATH\"\n";
    Process broker =
        machine.start(path + "exec " + brokerTerminal.getFirst(), "ready ws://127.0.0.1:");
    try {
      assertThat(broker.info().command().orElseThrow())
          .isEqualTo(home(machine).resolve("current/runtime/bin/java").toRealPath().toString());
      Program.Ended rest =
          machine.run(path + String.join("", terminal.subList(1, terminal.size())));
      assertThat(rest.exit()).as("%s\n%s", rest.out(), rest.err()).isZero();
      assertThat(rest.out())
          .containsPattern("http://127\\.0\\.0\\.1:\\d+/i/[A-HJ-NP-Z2-9]{8}")
          .contains("I am in.")
          .containsPattern("(\\d{5}\\s+){5}\\d{5}")
          .contains(machine.home().resolve(".claude/settings.json").toString());
      assertThat(machine.home().resolve("claudemesh.cmb")).isRegularFile();
    } finally {
      Program.end(broker);
    }
  }

  @Test
  void it_starts_from_what_it_learned_wherever_it_was_unpacked() throws Exception {
    Program machine = Program.empty(folder);
    Program.Ended ran =
        machine.run(
            """
            mkdir 'another folder'
            tar -xzf '%s' -C 'another folder'
            cd 'another folder'/claudemesh-*
            export CLAUDEMESH_JAVA_OPTS='-XX:AOTMode=on -Xlog:class+load:stderr'
            bin/claudemesh list
            """
                .formatted(archive));

    assertThat(ran.exit()).as(ran.err()).isZero();
    assertThat(ran.err())
        .contains("dev.claudemesh.cli.mesh.ListCommand source: shared objects file")
        .doesNotContain("learning");
  }

  private static Path home(Program machine) {
    return machine.home().resolve(".local/opt/claudemesh");
  }
}
