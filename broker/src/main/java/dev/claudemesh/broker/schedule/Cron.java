package dev.claudemesh.broker.schedule;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jobrunr.scheduling.cron.CronExpression;
import org.jobrunr.scheduling.cron.InvalidCronExpressionException;

/// A cron expression of five fields in a time zone. The library finds the next time on the wall
/// clock; what that is in real time is decided here.
///
/// Where the clocks are put forward, a time that they skip is run at the moment they jump; where
/// they are put back, a time that comes twice is run the first time. Expressions for every hour do
/// not mind the clocks: they go by the real time.
final class Cron {
  private static final int FIELDS = 5;
  private static final Pattern UNTIL_SUNDAY =
      Pattern.compile("(?i)\\b([0-6]|MON|TUE|WED|THU|FRI|SAT)-(?:7|SUN)(?=,|$)");
  private static final Pattern SEVEN = Pattern.compile("(?<=^|,)7(?=,|$)");

  private final CronExpression expression;
  private final ZoneRules zone;
  private final boolean everyHour;

  private Cron(CronExpression expression, ZoneRules zone, boolean everyHour) {
    this.expression = expression;
    this.zone = zone;
    this.everyHour = everyHour;
  }

  /// @throws Problem `invalid_cron`, or `invalid_argument` if there is no such time zone
  static Cron parse(String text, String timezone) {
    String[] fields = text.strip().split("\\s+");
    if (fields.length != FIELDS) {
      throw invalid(
          "A cron expression has five fields: minute, hour, day of month, month, day of week; such"
              + " as \"0 9 * * MON-FRI\"");
    }
    fields[4] = SEVEN.matcher(UNTIL_SUNDAY.matcher(fields[4]).replaceAll("$1-6,0")).replaceAll("0");
    try {
      return new Cron(
          new CronExpression(String.join(" ", fields)),
          ZoneId.of(timezone).getRules(),
          fields[1].equals("*"));
    } catch (DateTimeException e) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "There is no time zone \"" + timezone + "\"; write it like Europe/Madrid or UTC");
    } catch (InvalidCronExpressionException | IllegalArgumentException e) {
      throw invalid("The cron expression is not one: " + e.getMessage());
    }
  }

  private static Problem invalid(String message) {
    return new Problem(ProblemCode.INVALID_CRON, message);
  }

  /// The first run after a moment.
  Instant next(Instant after) {
    return everyHour ? nextByRealTime(after) : nextByWallClock(after);
  }

  /// Runs after one moment and until another, counted up to a number.
  int runs(Instant after, Instant until, int most) {
    int runs = 0;
    for (Instant run = next(after); runs < most && !run.isAfter(until); run = next(run)) {
      runs++;
    }
    return runs;
  }

  private Instant nextByWallClock(Instant after) {
    LocalDateTime wall = LocalDateTime.ofInstant(after, zone.getOffset(after));
    Instant run;
    do {
      wall = nextOnTheWall(wall);
      run = moment(wall);
    } while (!run.isAfter(after));
    return run;
  }

  private Instant moment(LocalDateTime wall) {
    ZoneOffsetTransition change = zone.getTransition(wall);
    return change != null && change.isGap()
        ? change.getInstant()
        : wall.toInstant(zone.getOffset(wall));
  }

  private Instant nextByRealTime(Instant after) {
    Instant since = after;
    ZoneOffset offset = zone.getOffset(after);
    LocalDateTime wall = LocalDateTime.ofInstant(after, offset);
    while (true) {
      Instant run = nextOnTheWall(wall).toInstant(offset);
      ZoneOffsetTransition change = zone.nextTransition(since);
      if (change == null || run.isBefore(change.getInstant())) {
        return run;
      }
      since = change.getInstant();
      offset = change.getOffsetAfter();
      wall = change.getDateTimeAfter().minusNanos(1);
    }
  }

  /// As if the wall clock were never put forward or back.
  private LocalDateTime nextOnTheWall(LocalDateTime wall) {
    Instant from = wall.toInstant(ZoneOffset.UTC);
    return Optional.ofNullable(expression.next(from, from, ZoneOffset.UTC))
        .map(next -> LocalDateTime.ofInstant(next, ZoneOffset.UTC))
        .orElseThrow(() -> invalid("The cron expression fits no time"));
  }
}
