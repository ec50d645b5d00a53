package dev.claudemesh;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Every source looks as google-java-format prints it. `-Dupdate=true` formats instead of
/// comparing.
class FormatTest {
  private static final Formatter FORMATTER = new Formatter();

  @Test
  void every_source_is_formatted() {
    boolean update = Boolean.getBoolean("update");
    List<Path> unformatted =
        Sources.all().parallelStream().filter(file -> !isFormatted(file, update)).toList();
    assertThat(unformatted)
        .as(
            "run ./mvnw -q -pl cli -am test -Dtest=FormatTest -Dupdate=true"
                + " -Dsurefire.failIfNoSpecifiedTests=false")
        .isEmpty();
  }

  private static boolean isFormatted(Path file, boolean update) {
    String source = Sources.read(file);
    String formatted;
    try {
      formatted =
          RemoveUnusedImports.removeUnusedImports(
              ImportOrderer.reorderImports(
                  FORMATTER.formatSource(source), JavaFormatterOptions.Style.GOOGLE));
    } catch (FormatterException e) {
      throw new IllegalStateException(file + " cannot be formatted: " + e.getMessage(), e);
    }
    if (update && !formatted.equals(source)) {
      write(file, formatted);
      return true;
    }
    return formatted.equals(source);
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
