package dev.claudemesh.broker.clock;

import dev.claudemesh.protocol.clock.ClockReply.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// What time it is on a simulated clock. Pure.
final class ClockRules {
  /// Simulated time of one tick, which at speed 1 is its real time, too.
  static final Duration TICK = Duration.ofMinutes(1);

  private static final double SLOWEST = 1;
  private static final double FASTEST = 100;

  /// A clock whose mesh nobody was seen in for so long stopped when somebody was seen last. Longer
  /// than the restart of a broker and the grace of its sessions.
  static final Duration UNSEEN = Duration.ofMinutes(3);

  private ClockRules() {}

  static double clamped(double speed) {
    return Double.isNaN(speed) ? SLOWEST : Math.clamp(speed, SLOWEST, FASTEST);
  }

  /// Whether it stopped because nobody was there.
  static boolean abandoned(ClockRow clock, Instant now) {
    return !clock.paused() && now.isAfter(clock.seenAt().plus(UNSEEN));
  }

  static boolean runs(ClockRow clock, Instant now) {
    return !clock.paused() && !abandoned(clock, now);
  }

  /// Simulated minutes since it was started.
  static long tick(ClockRow clock, Instant now) {
    return clock.paused()
        ? clock.anchorTick()
        : clock.anchorTick() + (long) Math.floor(sinceAnchor(clock, now));
  }

  /// Ticks since the anchor, with the one that has only begun. A stopped clock was seen last when
  /// it stopped, so what had begun then is kept.
  private static double sinceAnchor(ClockRow clock, Instant now) {
    Instant until = runs(clock, now) ? now : clock.seenAt();
    long real = Math.max(0, Duration.between(clock.anchorAt(), until).toMillis());
    return real * clock.speed() / TICK.toMillis();
  }

  /// The moment at which a running clock comes to a tick.
  static Instant at(ClockRow clock, long tick) {
    double millis = (tick - clock.anchorTick()) * TICK.toMillis() / clock.speed();
    return clock.anchorAt().plusMillis((long) Math.ceil(millis));
  }

  static Instant simulated(ClockRow clock, long tick) {
    return clock.startedAt().plus(TICK.multipliedBy(tick));
  }

  /// A clock that starts now.
  static ClockRow started(
      String meshId, double speed, String memberId, String memberName, Instant now) {
    return new ClockRow(
        meshId,
        clamped(speed),
        false,
        0,
        now,
        now,
        now,
        Optional.of(memberId),
        Optional.of(memberName));
  }

  /// The same clock from now on at another speed, or stopped.
  static ClockRow changed(
      ClockRow clock,
      double speed,
      boolean paused,
      Optional<String> by,
      Optional<String> byName,
      Instant now) {
    double since = sinceAnchor(clock, now);
    double begun = clock.paused() ? Math.min(since, 1) : since - Math.floor(since);
    long millis = (long) (begun * TICK.toMillis() / clamped(speed));
    return new ClockRow(
        clock.meshId(),
        clamped(speed),
        paused,
        tick(clock, now),
        now.minusMillis(millis),
        clock.startedAt(),
        now,
        by,
        byName);
  }

  /// The same clock as it stopped when nobody was there any more.
  static ClockRow stopped(ClockRow clock, Instant now) {
    return changed(clock, clock.speed(), true, Optional.empty(), Optional.empty(), now);
  }

  static Status status(ClockRow clock, Instant now) {
    long tick = tick(clock, now);
    boolean empty = abandoned(clock, now) || (clock.paused() && clock.changedBy().isEmpty());
    return new Status(
        clock.speed(),
        !runs(clock, now),
        tick,
        simulated(clock, tick),
        clock.startedAt(),
        empty ? Optional.empty() : clock.changedByName(),
        empty ? Optional.of(true) : Optional.empty());
  }

  /// Where no clock was started.
  static Status none(Instant now) {
    Instant millis = now.truncatedTo(ChronoUnit.MILLIS);
    return new Status(0, true, 0, millis, millis, Optional.empty(), Optional.empty());
  }
}
