package dev.claudemesh.cli.terminal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What is said to people, in their language. Texts are written in English where they are used; of
/// another language there is a file with what each of them is in it. Where the language is English
/// no file is read.
///
/// Names of commands and options, `--json` and the wire are the same in every language.
public enum Language {
  ENGLISH(""),
  SPANISH("es");

  private static final List<String> VARIABLES =
      List.of("CLAUDEMESH_LANG", "LC_ALL", "LC_MESSAGES", "LANG");

  private final String code;
  private Map<String, String> texts = Map.of();

  Language(String code) {
    this.code = code;
  }

  /// The first of `CLAUDEMESH_LANG` and the locale's variables that is set decides.
  public static Language of(Map<String, String> variables) {
    String locale =
        VARIABLES.stream()
            .map(name -> variables.getOrDefault(name, ""))
            .filter(value -> !value.isEmpty())
            .findFirst()
            .orElse("");
    return Stream.of(values())
        .filter(language -> language.isOf(locale))
        .findFirst()
        .orElse(ENGLISH);
  }

  /// `es`, or `es` with a country or an encoding behind it.
  private boolean isOf(String locale) {
    return !code.isEmpty()
        && locale.startsWith(code)
        && (locale.length() == code.length() || "_.-@".indexOf(locale.charAt(code.length())) >= 0);
  }

  /// For the names of files, such as `es`; empty for English.
  public String code() {
    return code;
  }

  /// A text in this language; as it is where there is none.
  public String say(String english) {
    return this == ENGLISH ? english : texts().getOrDefault(english, english);
  }

  /// All there is, by the English text.
  public synchronized Map<String, String> texts() {
    if (texts.isEmpty() && this != ENGLISH) {
      texts = read("/dev/claudemesh/cli/texts_" + code + ".txt");
    }
    return texts;
  }

  /// Pairs of lines with an empty one between them.
  private static Map<String, String> read(String resource) {
    Map<String, String> texts = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Language.class.getResourceAsStream(resource), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isEmpty()) {
          texts.put(line, lines.readLine());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Collections.unmodifiableMap(texts);
  }
}
