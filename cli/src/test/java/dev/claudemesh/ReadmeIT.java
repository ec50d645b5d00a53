package dev.claudemesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Walks the README's tour word by word, with the packaged program and an empty home.
class ReadmeIT {
  private static final Pattern BLOCK =
      Pattern.compile("(?ms)^```sh( terminal=broker)?\\n(.*?)^```$");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void the_tour_does_what_it_says() throws Exception {
    List<String> brokerTerminal = new ArrayList<>();
    StringBuilder secondTerminal = new StringBuilder();
    Matcher blocks = BLOCK.matcher(Sources.read(Sources.root().resolve("README.md")));
    int count = 0;
    for (; blocks.find(); count++) {
      if (blocks.group(1) == null) {
        secondTerminal.append(blocks.group(2));
      } else {
        brokerTerminal.add(blocks.group(2));
      }
    }
    assertThat(count).isGreaterThanOrEqualTo(5);
    assertThat(brokerTerminal).hasSize(1);
    Program program = Program.install(folder);
    Process broker = program.start(brokerTerminal.getFirst(), "ready ws://127.0.0.1:");
    try {
      Program.Ended tour = program.run(secondTerminal.toString());
      assertThat(tour.exit()).as("%s\n%s", tour.out(), tour.err()).isZero();
      assertThat(tour.out())
          .containsPattern("http://127\\.0\\.0\\.1:\\d+/i/[A-HJ-NP-Z2-9]{8}")
          .contains("ana")
          .contains("ben")
          .contains("The build is green.");
      Program.Ended version = program.run("./claudemesh --version");
      assertThat(version.out()).as(version.err()).startsWith("claudemesh ");
    } finally {
      Program.end(broker);
    }
  }

  @Test
  void killing_the_broker_loses_nothing() throws Exception {
    Program program = Program.install(folder);
    Process broker = program.start("exec ./claudemesh broker", "ready");
    try {
      Program.Ended sent =
          program.run(
              """
              ./claudemesh create team --as ana
              LINK=$(./claudemesh invite)
              CLAUDEMESH_CONFIG_DIR=$HOME/ben ./claudemesh join "$LINK" --as ben
              ./claudemesh send ben 'written before the kill'
              """);
      assertThat(sent.exit()).as("%s\n%s", sent.out(), sent.err()).isZero();
      broker.destroyForcibly().waitFor();
      broker = program.start("exec ./claudemesh broker", "ready");
      Program.Ended read = program.run("CLAUDEMESH_CONFIG_DIR=$HOME/ben ./claudemesh inbox");
      assertThat(read.out()).contains("written before the kill");
    } finally {
      Program.end(broker);
    }
  }
}
