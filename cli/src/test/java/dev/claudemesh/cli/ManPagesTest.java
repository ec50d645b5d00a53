package dev.claudemesh.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// The manual in `docs/man`: one page a command, as the commands are now. `-Dupdate=true` writes
/// it.
class ManPagesTest {
  private static final Path MANUAL = Path.of(System.getProperty("claudemesh.root"), "docs", "man");

  @TempDir private Path home;

  @Test
  void there_is_one_page_for_each_command_as_it_is_now() throws IOException {
    Map<String, String> pages = pages();
    if (Boolean.getBoolean("update")) {
      Files.createDirectories(MANUAL);
      for (String name : written().keySet()) {
        Files.delete(MANUAL.resolve(name));
      }
      for (Map.Entry<String, String> page : pages.entrySet()) {
        Files.writeString(MANUAL.resolve(page.getKey()), page.getValue());
      }
    }
    assertThat(written()).as("-Dupdate=true writes them").isEqualTo(pages);
    assertThat(pages).containsKeys("claudemesh.1", "claudemesh-send.1", "claudemesh-task-create.1");
  }

  @Test
  void man_shows_them_without_a_warning() throws Exception {
    Path man = Path.of("/usr/bin/man");
    assumeTrue(Files.isExecutable(man), "no man on this machine; skipped");
    List<String> command = new ArrayList<>(List.of(man.toString(), "--warnings=all", "-l"));
    written().keySet().forEach(name -> command.add(MANUAL.resolve(name).toString()));
    Path out = home.resolve("out");
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile());
    builder.environment().putAll(Map.of("MANPAGER", "cat", "LC_ALL", "C.UTF-8", "MANWIDTH", "80"));
    Process process = builder.start();
    String warnings = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isZero();
    assertThat(warnings).isEmpty();
    assertThat(Files.readString(out).replaceAll("\\s+", " "))
        .contains("claudemesh-send - Send an encrypted message");
  }

  private Map<String, String> pages() {
    Map<String, String> pages = new TreeMap<>();
    collect(Cli.tree(new Shell(home, "ana").context()), pages);
    return pages;
  }

  private static void collect(CommandLine command, Map<String, String> pages) {
    pages.put(ManPage.name(command.getCommandSpec()) + ".1", ManPage.of(command));
    command.getSubcommands().values().forEach(below -> collect(below, pages));
  }

  private static Map<String, String> written() throws IOException {
    Map<String, String> written = new TreeMap<>();
    try (Stream<Path> files = Files.list(Files.createDirectories(MANUAL))) {
      for (Path file : files.toList()) {
        written.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return written;
  }
}
