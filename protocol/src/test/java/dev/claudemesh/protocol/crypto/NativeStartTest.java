package dev.claudemesh.protocol.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where a fresh process puts and finds the native libraries.
class NativeStartTest {
  @TempDir Path temporary;

  /// What the process runs: one signature, and the proof that it is good.
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) {
      SecretKey key = Keys.generate();
      System.out.println(
          "verified " + Keys.verify(key.publicKey(), "text", Keys.sign(key, "text")));
    }
  }

  @Test
  void the_libraries_stand_beside_the_configuration_and_nowhere_else() throws Exception {
    Path config = temporary.resolve("config");

    assertThat(run(Map.of("CLAUDEMESH_CONFIG_DIR", config.toString()), List.of()))
        .contains("verified true");

    assertThat(names(config.resolve("native")))
        .hasSize(2)
        .anyMatch(name -> name.contains("sodium"))
        .anyMatch(name -> name.contains("jnidispatch"));
    assertThat(names(temporary.resolve("home"))).isEmpty();
    assertThat(names(temporary.resolve("tmp"))).isEmpty();
  }

  @Test
  void without_a_configuration_folder_they_stand_in_the_home() throws Exception {
    assertThat(run(Map.of(), List.of())).contains("verified true");

    assertThat(names(temporary.resolve("home/.claudemesh/native"))).hasSize(2);
    assertThat(names(temporary.resolve("home"))).containsExactly(".claudemesh");
  }

  @Test
  void a_home_that_cannot_be_written_to_is_worked_around_and_nothing_stays_behind()
      throws Exception {
    Path file = Files.createFile(temporary.resolve("not-a-folder"));

    assertThat(run(Map.of(), List.of("-Dclaudemesh.native.dir=" + file.resolve("native"))))
        .contains("verified true");

    assertThat(names(temporary.resolve("tmp"))).isEmpty();
  }

  private String run(Map<String, String> environment, List<String> flags)
      throws IOException, InterruptedException {
    Files.createDirectories(temporary.resolve("home"));
    Files.createDirectories(temporary.resolve("tmp"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED",
            "-Duser.home=" + temporary.resolve("home"),
            "-Djava.io.tmpdir=" + temporary.resolve("tmp")));
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath(), Program.class.getName()));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("CLAUDEMESH_CONFIG_DIR");
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static String classPath() {
    String target = Path.of(System.getProperty("claudemesh.root"), "protocol", "target").toString();
    return Stream.of(
            target + "/test-classes",
            target + "/classes",
            System.getProperty("jdk.module.path", ""),
            System.getProperty("java.class.path", ""))
        .filter(path -> !path.isEmpty())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }
}
