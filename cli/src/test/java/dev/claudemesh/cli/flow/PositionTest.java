package dev.claudemesh.cli.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PositionTest {
  private static final Instant NOW = Instant.EPOCH;

  @Test
  void whatever_somebody_did_before_taking_what_is_preselected_leads_to_the_end() {
    random((random, flow) -> {
      Position<Map<String, Integer>> position = Position.start(flow, Map.of());
      for (int i = random.nextInt(40); i > 0; i--) {
        position = anything(position, random);
      }
      int steps = 0;
      while (!position.isDone()) {
        position = position.after(preselected(position.page(NOW)));
        assertThat(steps++).as("steps to the end").isLessThan(100);
      }
    });
  }

  @Test
  void no_answered_question_is_asked_and_none_that_does_not_matter() {
    random((random, flow) -> {
      Position<Map<String, Integer>> position = Position.start(flow, Map.of());
      for (int i = 0; i < 60; i++) {
        Optional<Flow.Entry<Map<String, Integer>>> open = flow.open(position.session());
        if (open.isPresent()) {
          assertThat(open.get().isComplete().test(position.session())).isFalse();
          assertThat(open.get().show().test(position.session())).isTrue();
          Map<String, Integer> session = position.session();
          assertThat(flow.entries().subList(0, flow.entries().indexOf(open.get())))
              .allMatch(
                  before -> before.isComplete().test(session) || !before.show().test(session));
        }
        position = anything(position, random);
      }
    });
  }

  @Test
  void an_interruption_leads_back_to_the_same_place_with_nothing_changed() {
    random((random, flow) -> {
      Position<Map<String, Integer>> before = Position.start(flow, Map.of());
      for (int i = random.nextInt(10); i > 0; i--) {
        before = anything(before, random);
      }
      before = calm(before);
      Position<Map<String, Integer>> after = before;
      int interruptions = 1 + random.nextInt(5);
      for (int i = 0; i < interruptions; i++) {
        after = after.interrupted(RandomFlow.overlay("o" + random.nextInt(3)));
      }
      while (after.top().isPresent()) {
        after =
            random.nextBoolean()
                ? after.after(new Step.Resume<>())
                : after.withdrawn(after.top().get().name());
      }
      assertThat(after).isEqualTo(before);
    });
  }

  @Test
  void there_is_one_interruption_of_a_name_and_a_newer_one_takes_its_place() {
    Position<Map<String, Integer>> position =
        Position.start(new Flow<Map<String, Integer>>(List.of()), Map.of());
    position =
        position
            .interrupted(RandomFlow.overlay("broker lost"))
            .interrupted(RandomFlow.overlay("bad invite"))
            .interrupted(RandomFlow.overlay("broker lost"));

    assertThat(position.overlays())
        .extracting(Overlay::name)
        .containsExactly("broker lost", "bad invite");
    assertThat(position.isDone()).isFalse();
    assertThat(position.withdrawn("bad invite").withdrawn("broker lost").isDone()).isTrue();
  }

  @Test
  void back_leads_to_the_question_before_and_never_to_one_that_passes_by_itself() {
    random((random, flow) -> {
      Position<Map<String, Integer>> position = Position.start(flow, Map.of());
      for (int i = 0; i < 30; i++) {
        boolean could = position.canGoBack();
        Position<Map<String, Integer>> back = position.after(new Step.Back<>());
        if (could) {
          assertThat(back.past().size()).isLessThan(position.past().size());
          assertThat(back.page(NOW).ask()).isNotInstanceOf(Page.Pass.class);
        } else if (position.top().isEmpty()) {
          assertThat(back.session()).isEqualTo(position.session());
        }
        position = anything(position, random);
      }
    });
  }

  @Test
  void going_on_and_back_leads_to_where_one_was() {
    random((random, flow) -> {
      Position<Map<String, Integer>> position = Position.start(flow, Map.of());
      for (int i = 0; i < 30; i++) {
        if (position.top().isEmpty()
            && !position.isDone()
            && !(position.page(NOW).ask() instanceof Page.Pass)) {
          Position<Map<String, Integer>> on = position.after(preselected(position.page(NOW)));
          assertThat(on.after(new Step.Back<>())).isEqualTo(position);
        }
        position = anything(position, random);
      }
    });
  }

  @Test
  void there_is_no_way_back_behind_what_cannot_be_undone() {
    Random random = new Random(1);
    Flow<Map<String, Integer>> flow = RandomFlow.of(random);
    Position<Map<String, Integer>> position =
        Position.start(flow, Map.<String, Integer>of())
            .after(new Step.Go<>(session -> Map.of("x", 1)))
            .after(new Step.Settle<>(session -> Map.of("x", 2)));

    assertThat(position.canGoBack()).isFalse();
    assertThat(position.after(new Step.Back<>()).session()).isEqualTo(Map.of("x", 2));
  }

  @Test
  void what_is_found_out_beside_the_flow_stays_known_on_the_way_back() {
    Flow<Map<String, Integer>> flow = RandomFlow.of(new Random(2));
    Position<Map<String, Integer>> position =
        Position.start(flow, Map.<String, Integer>of())
            .after(new Step.Go<>(session -> Map.of("x", 1)))
            .learned(session -> {
              Map<String, Integer> more = new java.util.TreeMap<>(session);
              more.put("fact", 7);
              return more;
            });

    assertThat(position.past()).allSatisfy(session -> assertThat(session).containsEntry("fact", 7));
  }

  private interface History {
    void run(Random random, Flow<Map<String, Integer>> flow);
  }

  private static void random(History history) {
    long first = Long.getLong("seed", System.nanoTime());
    int runs = Long.getLong("seed") == null ? 500 : 1;
    for (int i = 0; i < runs; i++) {
      Random random = new Random(first + i);
      try {
        history.run(random, RandomFlow.of(random));
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("-Dseed=" + (first + i) + ": " + e.getMessage(), e);
      }
    }
  }

  private static Position<Map<String, Integer>> calm(Position<Map<String, Integer>> position) {
    return position.top().isEmpty() ? position : calm(position.after(new Step.Resume<>()));
  }

  private static Position<Map<String, Integer>> anything(
      Position<Map<String, Integer>> position, Random random) {
    if (position.isDone()) {
      return position;
    }
    return switch (random.nextInt(8)) {
      case 0 -> position.after(new Step.Back<>());
      case 1 -> position.interrupted(RandomFlow.overlay("o" + random.nextInt(3)));
      case 2 -> position.withdrawn("o" + random.nextInt(3));
      default ->
          switch (position.page(NOW).ask()) {
            case Page.Pick<Map<String, Integer>> pick ->
                position.after(pick.choices().get(random.nextInt(pick.choices().size())).step());
            case Page.Type<Map<String, Integer>> type ->
                position.after(type.then().apply(Integer.toString(random.nextInt(4))));
            case Page.Pass<Map<String, Integer>> pass -> position.after(pass.step());
          };
    };
  }

  static <S> Step<S> preselected(Page<S> page) {
    return switch (page.ask()) {
      case Page.Pick<S> pick -> pick.choices().get(pick.preselected()).step();
      case Page.Type<S> type -> type.then().apply(type.initial());
      case Page.Pass<S> pass -> pass.step();
    };
  }
}
