package dev.claudemesh.broker.clock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.clock.ClockReply.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ClockRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final ClockRow TENFOLD = ClockRules.started("mesh", 10, "ada", "Ada", NOW);

  /// A hundred changes at a hundredfold speed.
  private static final double ROUNDED = 0.2;

  @Test
  void speeds_are_from_1_to_100() {
    assertThat(ClockRules.clamped(0)).isEqualTo(1);
    assertThat(ClockRules.clamped(-5)).isEqualTo(1);
    assertThat(ClockRules.clamped(1.5)).isEqualTo(1.5);
    assertThat(ClockRules.clamped(1e9)).isEqualTo(100);
    assertThat(ClockRules.clamped(Double.NaN)).isEqualTo(1);
  }

  @Test
  void a_tick_is_a_simulated_minute_and_comes_as_much_faster_as_the_clock_is() {
    assertThat(ClockRules.tick(TENFOLD, NOW)).isZero();
    assertThat(ClockRules.tick(TENFOLD, NOW.plusMillis(5_999))).isZero();
    assertThat(ClockRules.tick(TENFOLD, NOW.plusMillis(6_000))).isEqualTo(1);
    assertThat(ClockRules.tick(TENFOLD, NOW.plusSeconds(60))).isEqualTo(10);
    assertThat(ClockRules.at(TENFOLD, 10)).isEqualTo(NOW.plusSeconds(60));
    Status status = ClockRules.status(TENFOLD, NOW.plusSeconds(60));
    assertThat(status.simTime()).isEqualTo(NOW.plusSeconds(600));
    assertThat(status.startedAt()).isEqualTo(NOW);
    assertThat(status.changedBy()).contains("Ada");
  }

  @Test
  void a_stopped_clock_stands_still_and_runs_on_from_there() {
    ClockRow stopped = paused(TENFOLD, true, NOW.plusSeconds(60));
    assertThat(ClockRules.tick(stopped, NOW.plusSeconds(9_000))).isEqualTo(10);
    assertThat(ClockRules.status(stopped, NOW.plusSeconds(9_000)).paused()).isTrue();
    ClockRow again = paused(stopped, false, NOW.plusSeconds(9_000));
    assertThat(ClockRules.tick(again, NOW.plusSeconds(9_006))).isEqualTo(11);
  }

  @Test
  void a_clock_of_a_mesh_in_which_nobody_was_seen_for_long_stopped_when_somebody_was_last() {
    Instant later = NOW.plus(ClockRules.UNSEEN);
    assertThat(ClockRules.runs(TENFOLD, later)).isTrue();
    assertThat(ClockRules.tick(TENFOLD, later)).isEqualTo(30);

    Instant tooLate = later.plusMillis(1);
    assertThat(ClockRules.tick(TENFOLD, tooLate)).isZero();
    Status status = ClockRules.status(TENFOLD, tooLate);
    assertThat(status.paused()).isTrue();
    assertThat(status.empty()).contains(true);
    assertThat(status.changedBy()).isEmpty();
    assertThat(ClockRules.stopped(TENFOLD, tooLate).anchorTick()).isZero();
  }

  @Test
  void without_a_clock_it_is_now_and_nothing_runs() {
    Status none = ClockRules.none(NOW);
    assertThat(none.speed()).isZero();
    assertThat(none.paused()).isTrue();
    assertThat(none.simTime()).isEqualTo(NOW);
  }

  @Test
  void whatever_is_changed_simulated_time_never_goes_back_nor_jumps() {
    RandomGenerator random = Seeds.random();
    for (int round = 0; round < 100; round++) {
      ClockRow clock = TENFOLD;
      Instant now = NOW;
      double simulated = 0;
      for (int step = 0; step < 100; step++) {
        Duration span = Duration.ofMillis(random.nextInt(60_000));
        now = now.plus(span);
        clock = seen(clock, now);
        simulated += clock.paused() ? 0 : span.toMillis() * clock.speed() / 60_000;
        long tick = ClockRules.tick(clock, now);
        assertThat((double) tick)
            .as("a change costs no more than a millisecond is rounded by")
            .isBetween(simulated - 1 - ROUNDED, simulated + ROUNDED);
        if (!clock.paused()) {
          assertThat(ClockRules.tick(clock, ClockRules.at(clock, tick + 1)))
              .isGreaterThanOrEqualTo(tick);
          assertThat(ClockRules.at(clock, tick + 1)).isAfterOrEqualTo(now);
        }
        if (random.nextInt(5) == 0) {
          clock =
              ClockRules.changed(
                  clock,
                  random.nextDouble(0, 120),
                  random.nextInt(3) == 0,
                  Optional.of("ada"),
                  Optional.of("Ada"),
                  now);
          assertThat(ClockRules.tick(clock, now)).isEqualTo(tick);
        }
      }
    }
  }

  private static ClockRow paused(ClockRow clock, boolean paused, Instant now) {
    return ClockRules.changed(
        seen(clock, now), clock.speed(), paused, Optional.of("ada"), Optional.of("Ada"), now);
  }

  /// Nobody looks after a clock that is stopped.
  private static ClockRow seen(ClockRow clock, Instant at) {
    return clock.paused()
        ? clock
        : new ClockRow(
            clock.meshId(),
            clock.speed(),
            clock.paused(),
            clock.anchorTick(),
            clock.anchorAt(),
            clock.startedAt(),
            at,
            clock.changedBy(),
            clock.changedByName());
  }
}
