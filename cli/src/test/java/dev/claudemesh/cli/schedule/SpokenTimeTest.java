package dev.claudemesh.cli.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZonedDateTime;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpokenTimeTest {
  /// A Saturday afternoon.
  private static final ZonedDateTime NOW =
      ZonedDateTime.parse("2026-11-21T15:00:00+01:00[Europe/Madrid]");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "17:30                     | 2026-11-21T16:30:00Z",
        "at 17:30                  | 2026-11-21T16:30:00Z",
        "15:00                     | 2026-11-22T14:00:00Z",
        "9:00                      | 2026-11-22T08:00:00Z",
        "5pm                       | 2026-11-21T16:00:00Z",
        "12am                      | 2026-11-21T23:00:00Z",
        "12:15 pm                  | 2026-11-22T11:15:00Z",
        "today 16:00               | 2026-11-21T15:00:00Z",
        "today 9:00                | 2026-11-21T08:00:00Z",
        "tomorrow 9:00             | 2026-11-22T08:00:00Z",
        "Tomorrow at 9am           | 2026-11-22T08:00:00Z",
        "mon 9:00                  | 2026-11-23T08:00:00Z",
        "Monday 9:00               | 2026-11-23T08:00:00Z",
        "sat 16:00                 | 2026-11-21T15:00:00Z",
        "sat 9:00                  | 2026-11-28T08:00:00Z",
        "2026-12-01 09:00          | 2026-12-01T08:00:00Z",
        "2026-12-01T09:00          | 2026-12-01T08:00:00Z",
        "2026-12-01T09:00:30       | 2026-12-01T08:00:30Z",
        "2026-07-01T09:00          | 2026-07-01T07:00:00Z",
        "2026-12-01T09:00Z         | 2026-12-01T09:00:00Z",
        "2026-12-01 09:00:00+05:30 | 2026-12-01T03:30:00Z",
        "2027-03-28 02:30          | 2027-03-28T01:30:00Z",
      })
  void a_moment_is_read_as_people_write_it(String text, String moment) {
    assertThat(SpokenTime.parse(text, NOW)).map(Object::toString).contains(moment);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "9",
        "25:00",
        "9:60",
        "13pm",
        "0am",
        "mon",
        "moo 9:00",
        "tomorrow",
        "in 5m",
        "2026-13-01 09:00",
        "2026-02-30 09:00",
        "yesterday 9:00",
        "9:00 9:00",
        "-1:00"
      })
  void what_is_no_moment_is_not_guessed_at(String text) {
    assertThat(SpokenTime.parse(text, NOW)).isEqualTo(Optional.empty());
  }

  @Test
  void the_forms_that_an_error_names_are_all_understood() {
    String[] forms =
        SpokenTime.FORMS.replace("write it like ", "").replace(" or ", ", ").split(", ");
    assertThat(forms)
        .hasSizeGreaterThan(3)
        .allSatisfy(form -> assertThat(SpokenTime.parse(form, NOW)).isPresent());
  }
}
