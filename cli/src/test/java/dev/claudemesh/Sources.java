package dev.claudemesh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The project's own Java sources, generated ones left out.
public final class Sources {
  private Sources() {}

  public static Path root() {
    return Path.of(System.getProperty("claudemesh.root"));
  }

  static List<Path> main() {
    return all().stream().filter(file -> file.toString().contains("/src/main/")).toList();
  }

  static List<Path> test() {
    return all().stream().filter(file -> file.toString().contains("/src/test/")).toList();
  }

  static List<Path> all() {
    return Stream.of("protocol", "db", "broker", "mcp-server", "cli", "bench")
        .flatMap(module -> walk(root().resolve(module).resolve("src")))
        .filter(file -> file.toString().endsWith(".java"))
        .filter(file -> !file.toString().contains("/db/jooq/"))
        .sorted()
        .toList();
  }

  public static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> walk(Path folder) {
    try {
      return Files.exists(folder) ? Files.walk(folder) : Stream.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
