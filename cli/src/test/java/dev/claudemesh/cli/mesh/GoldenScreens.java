package dev.claudemesh.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Screens as they should look, with what differs from run to run (ids, keys, times, ports)
/// replaced by the same word each time it occurs. `-Dupdate=true` writes them anew.
public final class GoldenScreens {
  private static final Pattern VARYING =
      Pattern.compile(
          "(?<time>\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z)|(?<key>\\b[0-9a-f]{64}\\b)|(?<id>\\b[0-9A-Za-z]{32}\\b)|(?<link>http://127\\.0\\.0\\.1:\\d+/i/(?<code>[A-Z2-9]{8})#[A-Za-z0-9_-]{16})|(?<port>127\\.0\\.0\\.1:\\d+)");

  private final Map<String, String> words = new LinkedHashMap<>();

  /// Compares a screen with its file.
  public void check(String name, String screen) throws IOException {
    Path file =
        Path.of(System.getProperty("claudemesh.root"), "cli/src/test/resources/golden/cli", name);
    String found = normal(screen);
    if (Boolean.getBoolean("update")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, found);
    }
    assertThat(found)
        .as(name + " (run with -Dupdate=true if this is as it should be)")
        .isEqualTo(Files.readString(file));
  }

  private String normal(String screen) {
    return VARYING
        .matcher(
            screen
                .replaceAll("\"code\":\"[A-Z2-9]{8}\"", "\"code\":\"CODE\"")
                .replaceAll("\"version\":\\d+", "\"version\":0")
                .replaceAll("\"millis\":\\d+", "\"millis\":0"))
        .replaceAll(found -> Matcher.quoteReplacement(word(found)));
  }

  private String word(java.util.regex.MatchResult found) {
    if (found.namedGroups().keySet().stream()
        .anyMatch(group -> group.equals("time") && found.group("time") != null)) {
      return "TIME";
    }
    String kind =
        found.group("key") != null
            ? "KEY"
            : found.group("id") != null ? "ID" : found.group("link") != null ? "LINK" : "HOST";
    return words.computeIfAbsent(
        found.group(),
        text -> kind + (1 + words.values().stream().filter(word -> word.startsWith(kind)).count()));
  }
}
