package dev.claudemesh.broker.approvals;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What is open is in memory, so there is no database here.
class ApprovalStoreTest {
  private static final int STEPS = 2_000;

  private final ApprovalStore store = new ApprovalStore(LimitsConfig.Approvals.DEFAULTS);

  @Test
  void what_nobody_watches_is_not_kept() {
    Line ana = new Line();
    assertThat(store.ask(ana.ask("ana", "1", "ben", 9, 60, Line.NOON), one -> true, Line.NOON))
        .isEmpty();
    assertThat(store.watch(new Line().watcher("ben"), true, Line.NOON)).isEmpty();
    assertThat(store.ask(ana.ask("ana", "1", "ben", 9, 60, Line.NOON), one -> false, Line.NOON))
        .isEmpty();
    assertThat(store.watch(new Line().watcher("ben"), false, Line.NOON)).isEmpty();
  }

  /// Askers, watchers and clocks in any order, beside a list that says what must be open.
  @Test
  void whatever_happens_only_who_was_asked_answers_and_only_while_it_is_open() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    List<Line> lines = List.of(new Line(), new Line(), new Line());
    List<String> keys = List.of("ben", "eve");
    keys.forEach(key -> store.watch(new Line().watcher(key), true, Line.NOON));
    List<ApprovalStore.Open> open = new ArrayList<>();
    Instant now = Line.NOON;
    for (int step = 0; step < STEPS; step++) {
      now = now.plusSeconds(random.nextInt(5));
      Instant time = now;
      open.removeIf(one -> !one.until().isAfter(time));
      Line line = lines.get(random.nextInt(lines.size()));
      String key = keys.get(random.nextInt(keys.size()));
      String id = "" + random.nextInt(12);
      switch (random.nextInt(8)) {
        case 0 -> {
          store.settle(id, line);
          open.removeIf(one -> one.connection() == line && one.asked().approvalId().equals(id));
        }
        case 1 -> {
          if (random.nextInt(10) == 0) {
            store.gone(line);
            open.removeIf(one -> one.connection() == line);
          }
        }
        case 2, 3, 4 -> {
          ApprovalStore.Open ask = line.ask("ana", id, key, 5, 1 + random.nextInt(60), now);
          boolean taken =
              open.stream()
                  .filter(one -> one.asked().approvalId().equals(id))
                  .anyMatch(one -> one.connection() != line || one.to().equals(key));
          if (taken) {
            assertThatThrownBy(() -> store.ask(ask, one -> true, time))
                .as("seed %d", seed)
                .isInstanceOf(Problem.class);
          } else {
            assertThat(store.ask(ask, one -> true, now)).as("seed %d", seed).hasSize(1);
            open.add(ask);
          }
        }
        default -> {
          List<ApprovalStore.Open> his =
              open.stream()
                  .filter(one -> one.to().equals(key) && one.asked().approvalId().equals(id))
                  .toList();
          if (his.isEmpty()) {
            assertThatThrownBy(() -> store.asked("mesh", key, id, time))
                .as("seed %d", seed)
                .isInstanceOf(Problem.class);
          } else {
            assertThat(store.asked("mesh", key, id, now))
                .as("seed %d", seed)
                .isSameAs(his.getFirst());
          }
          assertThat(store.watch(new Line().watcher(key), false, now))
              .as("seed %d", seed)
              .hasSize((int) open.stream().filter(one -> one.to().equals(key)).count());
        }
      }
    }
  }
}
