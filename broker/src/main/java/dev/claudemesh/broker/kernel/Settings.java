package dev.claudemesh.broker.kernel;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/// The settings as they were found, each with where it came from: default, then file, then
/// environment, then flag; the last one wins.
///
/// Collects mistakes instead of stopping at the first.
final class Settings {
  private final Map<Setting, Value> values = new EnumMap<>(Setting.class);
  private final List<String> mistakes = new ArrayList<>();

  /// Where a value came from, weakest first.
  enum Source {
    DEFAULT,
    FILE,
    ENVIRONMENT,
    FLAG
  }

  /// One value.
  record Value(String text, Source source) {}

  Settings() {
    for (Setting setting : Setting.values()) {
      values.put(setting, new Value(setting.fallback(), Source.DEFAULT));
    }
  }

  /// Takes over flags by setting name, such as `BROKER_PORT` for `--port`.
  void flags(Map<String, String> flags) {
    new TreeMap<>(flags)
        .forEach((name, text) ->
            Setting.named(name)
                .ifPresentOrElse(
                    setting -> put(setting, text, Source.FLAG),
                    () -> mistakes.add("there is no setting " + name + " (flag)")));
  }

  /// Takes over what is ours of the environment. An empty value counts as absent, as shells and
  /// Compose files produce it.
  void environment(Map<String, String> environment) {
    new TreeMap<>(environment)
        .forEach((name, text) -> {
          if (Setting.unknown(name)) {
            mistakes.add("there is no setting " + name + nearest(name) + " (environment)");
          } else if (!text.isBlank()) {
            Setting.named(name).ifPresent(setting -> put(setting, text, Source.ENVIRONMENT));
          }
        });
  }

  /// Takes over a properties file, if it is there.
  void file(Path file) {
    if (!Files.exists(file)) {
      return;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      mistakes.add("cannot read " + file + ": " + e.getMessage());
      return;
    }
    for (String name : new TreeMap<>(properties).keySet().stream().map(String::valueOf).toList()) {
      if (name.equals(Setting.CLAUDEMESH_DATA.name())) {
        mistakes.add(
            "CLAUDEMESH_DATA tells where " + file.getFileName() + " is and cannot stand in it");
      } else {
        Setting.named(name)
            .ifPresentOrElse(
                setting -> put(setting, properties.getProperty(name), Source.FILE),
                () ->
                    mistakes.add(
                        "there is no setting " + name + nearest(name) + " (" + file + ")"));
      }
    }
  }

  private void put(Setting setting, String text, Source source) {
    String trimmed = text.strip();
    if (values.get(setting).source().compareTo(source) > 0) {
      return;
    }
    setting
        .mistake(trimmed)
        .ifPresentOrElse(
            mistake ->
                mistakes.add(
                    setting.name()
                        + " "
                        + mistake
                        + " ("
                        + source.name().toLowerCase(Locale.ROOT)
                        + ")"),
            () -> values.put(setting, new Value(trimmed, source)));
  }

  void mistake(String mistake) {
    mistakes.add(mistake);
  }

  List<String> mistakes() {
    return List.copyOf(mistakes);
  }

  Map<Setting, Value> values() {
    return values;
  }

  String text(Setting setting) {
    return values.get(setting).text();
  }

  Optional<String> optional(Setting setting) {
    return Optional.of(text(setting)).filter(text -> !text.isEmpty());
  }

  int whole(Setting setting) {
    return Integer.parseInt(text(setting));
  }

  boolean flag(Setting setting) {
    String text = text(setting).toLowerCase(Locale.ROOT);
    return text.equals("true") || text.equals("1");
  }

  /// A hint for a slip of the pen: the known name that shares the longest beginning or end.
  private static String nearest(String name) {
    Setting best = null;
    int bestScore = name.length() / 2;
    for (Setting setting : Setting.values()) {
      int score = common(name, setting.name());
      if (score > bestScore) {
        best = setting;
        bestScore = score;
      }
    }
    return best == null ? "" : "; did you mean " + best.name() + "?";
  }

  private static int common(String a, String b) {
    int length = Math.min(a.length(), b.length());
    int start = 0;
    while (start < length && a.charAt(start) == b.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < length - start
        && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
      end++;
    }
    return start + end;
  }
}
