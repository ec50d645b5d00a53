package dev.claudemesh.bench.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A broker is measured as users run it: with the flags of the launcher.
class LauncherFlagsTest {
  @Test
  void a_measured_broker_has_the_flags_that_the_launcher_gives_it() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of(System.getProperty("claudemesh.root"), "claudemesh"));
    String own =
        lines.stream()
            .filter(line -> line.strip().startsWith("broker") && line.contains("printf %s \""))
            .map(line -> line.replaceAll(".*printf %s \"(.*)\".*", "$1"))
            .findFirst()
            .orElseThrow();
    String common =
        String.join(" ", lines.subList(indexOf(lines, "exec \"$jdk/bin/java\""), lines.size()));
    List<String> expected =
        Stream.concat(words(own), words(common).filter(word -> word.startsWith("-")))
            .takeWhile(word -> !word.equals("-cp"))
            .toList();

    assertThat(BrokerProcess.FLAGS).containsExactlyElementsOf(expected);
  }

  private static int indexOf(List<String> lines, String beginning) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().startsWith(beginning)) {
        return i;
      }
    }
    throw new IllegalStateException("The launcher has no line " + beginning);
  }

  private static Stream<String> words(String text) {
    return Arrays.stream(text.split("\\s+"));
  }
}
