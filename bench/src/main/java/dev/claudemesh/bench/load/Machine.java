package dev.claudemesh.bench.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What figures were measured on; unknown parts are "?".
///
/// @param commit of this code, with a plus where files differ from it
public record Machine(
    String cpu, int cores, String memory, String system, String java, String commit) {
  private static final Pattern MODEL = Pattern.compile("(?m)^model name\\s*:\\s*(.+)$");
  private static final Pattern TOTAL = Pattern.compile("(?m)^MemTotal:\\s*(\\d+) kB$");

  /// This one.
  public static Machine here() {
    return new Machine(
        first(MODEL, "/proc/cpuinfo").orElse("?"),
        Runtime.getRuntime().availableProcessors(),
        first(TOTAL, "/proc/meminfo")
            .map(kib -> Long.parseLong(kib) / 1_048_576 + " GB")
            .orElse("?"),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        System.getProperty("java.version"),
        head());
  }

  private static Optional<String> first(Pattern pattern, String file) {
    try {
      Matcher matcher = pattern.matcher(Files.readString(Path.of(file)));
      return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String head() {
    String sha = git("rev-parse", "--short=10", "HEAD");
    boolean changed = !git("status", "--porcelain", "--", "*.java", "*.sql", "*.xml").isEmpty();
    return sha.isEmpty() ? "?" : sha + (changed ? "+" : "");
  }

  /// Empty where there is no git, or this is no checkout.
  private static String git(String... arguments) {
    try {
      ProcessBuilder builder = new ProcessBuilder("git");
      builder.command().addAll(List.of(arguments));
      Process process =
          builder
              .directory(Path.of(System.getProperty("claudemesh.root", ".")).toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }
}
