package dev.claudemesh.broker.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
  private static final String MADRID = "Europe/Madrid";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 9 * * MON-FRI  | 2026-11-21T10:00:00Z | 2026-11-23T09:00:00Z",
        "0 9 * * sun      | 2026-11-21T10:00:00Z | 2026-11-22T09:00:00Z",
        "0 9 * * 7        | 2026-11-21T10:00:00Z | 2026-11-22T09:00:00Z",
        "0 9 * * FRI-SUN  | 2026-11-22T10:00:00Z | 2026-11-27T09:00:00Z",
        "0 9 * * 5-7      | 2026-11-21T10:00:00Z | 2026-11-22T09:00:00Z",
        "0 9 * JAN,MAR *  | 2026-11-21T10:00:00Z | 2027-01-01T09:00:00Z",
        "*/15 * * * *     | 2026-11-21T10:00:00Z | 2026-11-21T10:15:00Z",
        "1-31/10 * * * *  | 2026-11-21T10:12:30Z | 2026-11-21T10:21:00Z",
        "0 0 13 * FRI     | 2026-11-21T10:00:00Z | 2026-11-27T00:00:00Z",
        "0 0 29 2 *       | 2026-11-21T10:00:00Z | 2028-02-29T00:00:00Z",
        "  0  9 *   * *   | 2026-11-21T09:00:00Z | 2026-11-22T09:00:00Z",
      })
  void the_next_run_is_the_first_that_fits(String expression, Instant after, Instant run) {
    assertThat(Cron.parse(expression, "UTC").next(after)).isEqualTo(run);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "@daily",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "a * * * *",
        "*/0 * * * *",
        "5-1 * * * *",
        "0 0 30 2 *",
        "0 0 31 4,6 *",
        "* * * FOO *",
        "-1 * * * *",
        "0 0 1 1 * [PT1H/PT1H]"
      })
  void what_is_no_expression_is_refused_with_what_is_wrong(String expression) {
    assertThatThrownBy(() -> Cron.parse(expression, "UTC").next(Instant.EPOCH))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_CRON));
  }

  @Test
  void a_time_zone_that_does_not_exist_is_refused_by_name() {
    assertThatThrownBy(() -> Cron.parse("0 9 * * *", "Europe/Atlantis"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT))
        .hasMessageContaining("Europe/Atlantis");
  }

  @Test
  void nine_o_clock_is_nine_where_the_owner_lives_in_summer_and_winter() {
    assertThat(runs("0 9 * * *", MADRID, "2026-10-24T00:00:00Z", 3))
        .containsExactly("2026-10-24T07:00:00Z", "2026-10-25T08:00:00Z", "2026-10-26T08:00:00Z");
    assertThat(runs("0 9 * * *", "America/New_York", "2026-11-21T10:00:00Z", 1))
        .containsExactly("2026-11-21T14:00:00Z");
  }

  /// Madrid skips 2:00 to 3:00 on 29 March 2026, at 1:00 UTC.
  @Test
  void a_time_that_the_clocks_skip_is_run_once_as_they_jump() {
    assertThat(runs("30 2 * * *", MADRID, "2026-03-28T12:00:00Z", 2))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    assertThat(runs("0,20,40 2,3 29 3 *", MADRID, "2026-03-28T12:00:00Z", 3))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-29T01:20:00Z", "2026-03-29T01:40:00Z");
  }

  /// Madrid has 2:00 to 3:00 twice on 25 October 2026, at 0:00 and at 1:00 UTC.
  @Test
  void a_time_that_comes_twice_is_run_the_first_time_only() {
    assertThat(runs("30 2 * * *", MADRID, "2026-10-24T12:00:00Z", 2))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    assertThat(runs("30 2 * * *", MADRID, "2026-10-25T01:00:00Z", 1))
        .as("asked in the second of the two hours")
        .containsExactly("2026-10-26T01:30:00Z");
  }

  @Test
  void what_is_run_every_hour_goes_on_evenly_while_the_clocks_change() {
    assertThat(runs("*/30 * * * *", MADRID, "2026-10-25T00:00:00Z", 4))
        .containsExactly(
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:00:00Z");
    assertThat(runs("*/30 * * * *", MADRID, "2026-03-29T00:00:00Z", 3))
        .containsExactly("2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z");
    assertThat(runs("0 * 29 2 *", MADRID, "2026-03-01T00:00:00Z", 1))
        .as("behind several changes")
        .containsExactly("2028-02-28T23:00:00Z");
  }

  @Test
  void runs_in_a_span_are_counted_up_to_a_number() {
    Cron cron = Cron.parse("*/10 * * * *", "UTC");
    Instant start = Instant.parse("2026-11-21T10:00:00Z");
    assertThat(cron.runs(start, start.plus(Duration.ofHours(1)), 100)).isEqualTo(6);
    assertThat(cron.runs(start, start.plus(Duration.ofMinutes(9)), 100)).isZero();
    assertThat(cron.runs(start, start.plus(Duration.ofDays(99)), 100)).isEqualTo(100);
  }

  @Test
  void every_expression_runs_when_a_watch_that_looks_each_minute_would_run_it() {
    RandomGenerator random = Seeds.random();
    for (int i = 0; i < 2_000; i++) {
      String[] fields = {
        field(random, 0, 59),
        field(random, 0, 23),
        field(random, 1, 31),
        field(random, 1, 12),
        field(random, 0, 6)
      };
      LocalDateTime after =
          LocalDateTime.of(2026, 1, 1, 0, 0).plusMinutes(random.nextInt(2_000_000));
      String expression = String.join(" ", fields);
      assertThat(Cron.parse(expression, "UTC").next(after.toInstant(ZoneOffset.UTC)))
          .as("%s after %s", expression, after)
          .isEqualTo(watched(fields, after).toInstant(ZoneOffset.UTC));
    }
  }

  /// Days that cannot be are left out of the days of a month, so that something always fits.
  private static String field(RandomGenerator random, int min, int most) {
    int max = most == 31 ? 28 : most;
    int kind = random.nextInt(8);
    if (kind < 3) {
      return "*";
    }
    if (kind == 3) {
      return "*/" + (1 + random.nextInt(max - min));
    }
    List<String> parts = new ArrayList<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int from = random.nextInt(min, max + 1);
      int to = random.nextInt(from, max + 1);
      parts.add(
          switch (random.nextInt(3)) {
            case 0 -> "" + from;
            case 1 -> from + "-" + to;
            default -> from + "-" + to + "/" + (1 + random.nextInt(5));
          });
    }
    return String.join(",", parts);
  }

  private static LocalDateTime watched(String[] fields, LocalDateTime after) {
    LocalDateTime at = after.withSecond(0).plusMinutes(1);
    while (true) {
      if (!dayFits(fields, at)) {
        at = at.toLocalDate().plusDays(1).atStartOfDay();
      } else if (fits(fields[1], 0, 23, at.getHour()) && fits(fields[0], 0, 59, at.getMinute())) {
        return at;
      } else {
        at = at.plusMinutes(1);
      }
    }
  }

  /// As cron does: where both are restricted, either is enough.
  private static boolean dayFits(String[] fields, LocalDateTime at) {
    boolean ofMonth = fits(fields[2], 1, 31, at.getDayOfMonth());
    boolean ofWeek = fits(fields[4], 0, 6, at.getDayOfWeek().getValue() % 7);
    boolean both = !fields[2].startsWith("*") && !fields[4].startsWith("*");
    return fits(fields[3], 1, 12, at.getMonthValue())
        && (both ? ofMonth || ofWeek : ofMonth && ofWeek);
  }

  private static boolean fits(String field, int min, int max, int value) {
    for (String part : field.split(",")) {
      String[] range = part.split("/");
      int step = range.length == 2 ? Integer.parseInt(range[1]) : 1;
      String[] ends = range[0].split("-");
      int from = range[0].equals("*") ? min : Integer.parseInt(ends[0]);
      int to = range[0].equals("*") ? max : Integer.parseInt(ends[ends.length - 1]);
      if (value >= from && value <= to && (value - from) % step == 0) {
        return true;
      }
    }
    return false;
  }

  @Test
  void no_run_is_lost_or_doubled_in_any_time_zone() {
    RandomGenerator random = Seeds.random();
    List<String> zones = ZoneId.getAvailableZoneIds().stream().sorted().toList();
    for (int i = 0; i < 200; i++) {
      String zone = zones.get(random.nextInt(zones.size()));
      int hour = random.nextInt(24);
      int minute = random.nextInt(60);
      Cron cron = Cron.parse(minute + " " + hour + " * * *", zone);
      Instant run = Instant.parse("2026-01-01T00:00:00Z");
      List<Object> days = new ArrayList<>();
      for (int day = 0; day < 370; day++) {
        run = cron.next(run);
        days.add(run.atZone(ZoneId.of(zone)).toLocalDate());
      }
      assertThat(days).as("%d:%d in %s", hour, minute, zone).doesNotHaveDuplicates();
      assertThat(Duration.between(Instant.parse("2026-01-01T00:00:00Z"), run).toDays())
          .as("%d:%d in %s", hour, minute, zone)
          .isBetween(369L, 371L);
    }
  }

  private static List<String> runs(String expression, String zone, String after, int count) {
    Cron cron = Cron.parse(expression, zone);
    List<String> runs = new ArrayList<>();
    Instant run = Instant.parse(after);
    for (int i = 0; i < count; i++) {
      run = cron.next(run);
      runs.add(run.toString());
    }
    return runs;
  }
}
