package dev.claudemesh.broker.presence;

import static dev.claudemesh.protocol.presence.Status.DND;
import static dev.claudemesh.protocol.presence.Status.IDLE;
import static dev.claudemesh.protocol.presence.Status.WORKING;
import static dev.claudemesh.protocol.presence.StatusSource.HOOK;
import static dev.claudemesh.protocol.presence.StatusSource.JSONL;
import static dev.claudemesh.protocol.presence.StatusSource.MANUAL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.presence.StatusRules.Recorded;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatusRulesTest {
  private static final Instant T0 = Instant.parse("2026-11-21T10:00:00Z");
  private static final StatusRules RULES =
      new StatusRules(Duration.ofSeconds(60), Duration.ofSeconds(30));

  @Test
  void any_source_may_change_the_status() {
    Recorded working = new Recorded(WORKING, HOOK, T0);
    assertThat(RULES.report(working, IDLE, JSONL, at(1)))
        .isEqualTo(new Recorded(IDLE, JSONL, at(1)));
    assertThat(RULES.report(working, DND, MANUAL, at(1)))
        .isEqualTo(new Recorded(DND, MANUAL, at(1)));
  }

  @Test
  void only_the_user_takes_dnd_back() {
    Recorded dnd = new Recorded(DND, MANUAL, T0);
    assertThat(RULES.report(dnd, WORKING, HOOK, at(1))).isEqualTo(dnd);
    assertThat(RULES.report(dnd, IDLE, JSONL, at(1_000_000))).isEqualTo(dnd);
    assertThat(RULES.report(dnd, IDLE, MANUAL, at(1))).isEqualTo(new Recorded(IDLE, MANUAL, at(1)));
  }

  @Test
  void dnd_never_expires() {
    Recorded dnd = new Recorded(DND, MANUAL, T0);
    assertThat(RULES.sweep(dnd, at(1_000_000))).isEqualTo(dnd);
  }

  @Test
  void the_same_status_from_a_weaker_source_renews_the_time_and_leaves_the_mark_of_a_fresh_hook() {
    Recorded working = new Recorded(WORKING, HOOK, T0);
    assertThat(RULES.report(working, WORKING, JSONL, at(30)))
        .isEqualTo(new Recorded(WORKING, HOOK, at(30)));
    assertThat(RULES.report(working, WORKING, JSONL, at(31)))
        .isEqualTo(new Recorded(WORKING, JSONL, at(31)));
  }

  @Test
  void the_same_status_from_a_stronger_source_takes_the_mark() {
    Recorded working = new Recorded(WORKING, JSONL, T0);
    assertThat(RULES.report(working, WORKING, HOOK, at(1)))
        .isEqualTo(new Recorded(WORKING, HOOK, at(1)));
  }

  @Test
  void working_that_nobody_repeats_becomes_idle_after_its_time() {
    Recorded working = new Recorded(WORKING, HOOK, T0);
    assertThat(RULES.sweep(working, at(60))).isEqualTo(working);
    assertThat(RULES.sweep(working, at(61))).isEqualTo(new Recorded(IDLE, JSONL, at(61)));
  }

  @Test
  void only_becoming_idle_opens_the_gate() {
    assertThat(StatusRules.opens(WORKING, IDLE)).isTrue();
    assertThat(StatusRules.opens(DND, IDLE)).isTrue();
    assertThat(StatusRules.opens(DND, WORKING)).isFalse();
    assertThat(StatusRules.opens(IDLE, IDLE)).isFalse();
    assertThat(StatusRules.opens(IDLE, WORKING)).isFalse();
  }

  @Test
  void a_long_random_history_agrees_with_a_model_that_remembers_everything() {
    long seed = seed();
    Random random = new Random(seed);
    for (int history = 0; history < 2_000; history++) {
      Recorded recorded = new Recorded(IDLE, JSONL, T0);
      Model model = new Model();
      Instant now = T0;
      for (int step = 0; step < 120; step++) {
        now = now.plusSeconds(random.nextInt(random.nextBoolean() ? 5 : 50));
        if (random.nextInt(4) == 0) {
          recorded = RULES.sweep(recorded, now);
          model.log.add(new Report(null, null, now));
        } else {
          Status status = Status.values()[random.nextInt(8) == 0 ? 2 : random.nextInt(2)];
          StatusSource source = StatusSource.values()[random.nextInt(3)];
          recorded = RULES.report(recorded, status, source, now);
          model.log.add(new Report(status, source, now));
        }
        assertThat(recorded)
            .as("seed %d, history %d, step %d: %s", seed, history, step, model.log)
            .isEqualTo(model.recorded());
      }
    }
  }

  private record Report(Status status, StatusSource source, Instant at) {}

  /// Keeps every report and works the answer out from the whole log, run by run of the same status.
  private static final class Model {
    final List<Report> log = new ArrayList<>();

    Recorded recorded() {
      List<Report> run = new ArrayList<>(List.of(new Report(IDLE, JSONL, T0)));
      for (Report report : log) {
        Status current = run.getFirst().status();
        boolean silence = report.status() == null;
        if (silence) {
          if (current == WORKING && secondsSince(run.getLast(), report) > 60) {
            run = new ArrayList<>(List.of(new Report(IDLE, JSONL, report.at())));
          }
        } else if (report.status() == current) {
          run.add(report);
        } else if (current != DND || report.source() == MANUAL) {
          run = new ArrayList<>(List.of(report));
        }
      }
      return new Recorded(run.getFirst().status(), markOf(run), run.getLast().at());
    }

    /// The strongest who spoke since the last silence of more than 30 s within the run; after a
    /// silence whoever breaks it.
    private static StatusSource markOf(List<Report> run) {
      StatusSource mark = run.getFirst().source();
      for (int i = 1; i < run.size(); i++) {
        StatusSource source = run.get(i).source();
        boolean broken = secondsSince(run.get(i - 1), run.get(i)) > 30;
        mark = broken || source.ordinal() <= mark.ordinal() ? source : mark;
      }
      return mark;
    }

    private static long secondsSince(Report earlier, Report later) {
      return Duration.between(earlier.at(), later.at()).toSeconds();
    }
  }

  private static Instant at(long seconds) {
    return T0.plusSeconds(seconds);
  }

  private static long seed() {
    String given = System.getProperty("seed", "");
    long seed = given.matches("-?\\d+") ? Long.parseLong(given) : System.nanoTime();
    System.out.println("StatusRulesTest: -Dseed=" + seed);
    return seed;
  }
}
