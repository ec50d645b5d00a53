package dev.claudemesh.cli.schedule;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A moment as people write it: `17:30`, `tomorrow 9:00`, `mon 9:00`, `2026-12-01 09:00`, or ISO
/// 8601 with a zone. Pure.
///
/// A time of day is the next one that comes; a time that the clocks skip is as much later.
final class SpokenTime {
  static final String FORMS =
      "write it like 17:30, tomorrow 9:00, mon 9:00, 2026-12-01 09:00 or 2026-12-01T09:00:00Z";

  private static final Pattern FORM =
      Pattern.compile(
          "(?:(today|tomorrow|[a-z]{3,9}|\\d{4}-\\d{2}-\\d{2})(?:\\s+at)?[\\st]+)?"
              + "(\\d{1,2})(?::(\\d{2})(?::(\\d{2}))?)?\\s*(am|pm)?");

  private SpokenTime() {}

  /// The moment a text means.
  ///
  /// @param now with the zone in which the text is meant
  /// @return empty if it is none
  static Optional<Instant> parse(String text, ZonedDateTime now) {
    String words = text.strip().toLowerCase(Locale.ROOT).replaceFirst("^at\\s+", "");
    Matcher form = FORM.matcher(words);
    try {
      return form.matches() ? onTheWall(form, now) : withZone(text.strip());
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> withZone(String text) {
    return Optional.of(OffsetDateTime.parse(text.replaceFirst(" ", "T")).toInstant());
  }

  /// A bare number is no time of day, unless it says am or pm.
  private static Optional<Instant> onTheWall(Matcher form, ZonedDateTime now) {
    if (form.group(3) == null && form.group(5) == null) {
      return Optional.empty();
    }
    LocalTime time = LocalTime.of(hour(form), number(form, 3), number(form, 4));
    String day = form.group(1);
    if (day == null) {
      Instant today = at(now.toLocalDate(), time, now);
      return Optional.of(
          today.isAfter(now.toInstant()) ? today : at(now.toLocalDate().plusDays(1), time, now));
    }
    return date(day, time, now).map(date -> at(date, time, now));
  }

  private static int hour(Matcher form) {
    int hour = number(form, 2);
    if (form.group(5) == null) {
      return hour;
    }
    if (hour < 1 || hour > 12) {
      throw new DateTimeException("No hour of half a day");
    }
    return hour % 12 + (form.group(5).equals("pm") ? 12 : 0);
  }

  private static int number(Matcher form, int group) {
    return form.group(group) == null ? 0 : Integer.parseInt(form.group(group));
  }

  private static Optional<LocalDate> date(String day, LocalTime time, ZonedDateTime now) {
    LocalDate today = now.toLocalDate();
    return switch (day) {
      case "today" -> Optional.of(today);
      case "tomorrow" -> Optional.of(today.plusDays(1));
      case String date when Character.isDigit(date.charAt(0)) -> Optional.of(LocalDate.parse(date));
      case String name ->
          Stream.of(DayOfWeek.values())
              .filter(weekday -> weekday.name().toLowerCase(Locale.ROOT).startsWith(name))
              .findFirst()
              .map(weekday -> next(weekday, time, now));
    };
  }

  private static LocalDate next(DayOfWeek weekday, LocalTime time, ZonedDateTime now) {
    LocalDate date = now.toLocalDate().with(TemporalAdjusters.nextOrSame(weekday));
    return at(date, time, now).isAfter(now.toInstant()) ? date : date.plusWeeks(1);
  }

  private static Instant at(LocalDate date, LocalTime time, ZonedDateTime now) {
    return LocalDateTime.of(date, time).atZone(now.getZone()).toInstant();
  }
}
