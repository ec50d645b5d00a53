package dev.claudemesh.cli.mesh;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A length of time as people write it: `45s`, `30m`, `2h30m`, `7d`; a bare number is seconds.
public final class Span implements ITypeConverter<Duration> {
  private static final Pattern FORM =
      Pattern.compile("(?:(\\d{1,6})d)?(?:(\\d{1,6})h)?(?:(\\d{1,6})m)?(?:(\\d{1,6})s?)?");

  @Override
  public Duration convert(String text) {
    Matcher form = FORM.matcher(text.replace(" ", ""));
    if (text.isBlank() || !form.matches()) {
      throw new TypeConversionException(
          "'" + text + "' is not a length of time; write it like 45s, 30m, 2h30m or 7d");
    }
    return Duration.ofDays(number(form, 1))
        .plusHours(number(form, 2))
        .plusMinutes(number(form, 3))
        .plusSeconds(number(form, 4));
  }

  private static long number(Matcher form, int unit) {
    return form.group(unit) == null ? 0 : Long.parseLong(form.group(unit));
  }

  /// The same way round: the largest unit that fits evenly.
  public static String text(Duration span) {
    long seconds = span.toSeconds();
    if (seconds % 86_400 == 0 && seconds > 0) {
      return span.toDays() + "d";
    }
    if (seconds % 3_600 == 0 && seconds > 0) {
      return span.toHours() + "h";
    }
    return seconds % 60 == 0 && seconds > 0 ? span.toMinutes() + "m" : seconds + "s";
  }

  /// How long ago something was, in one short word.
  public static String ago(Duration since) {
    if (since.toSeconds() < 60) {
      return Math.max(0, since.toSeconds()) + "s";
    }
    if (since.toMinutes() < 60) {
      return since.toMinutes() + "m";
    }
    return since.toHours() < 48 ? since.toHours() + "h" : since.toDays() + "d";
  }
}
