package dev.claudemesh.broker.state;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.state.StateReply.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

class StateRulesTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @Test
  void a_list_is_cut_where_it_would_get_too_long_but_never_before_its_first_entry() {
    List<Entry> ten =
        IntStream.range(0, 10).mapToObj(i -> entry("key" + i, "x".repeat(95))).toList();

    assertThat(StateRules.fitting(ten, 1_000_000)).isEqualTo(ten);
    assertThat(StateRules.fitting(ten, 350)).isEqualTo(ten.subList(0, 3));
    assertThat(StateRules.fitting(ten, 1)).isEqualTo(ten.subList(0, 1));
    assertThat(StateRules.fitting(List.of(), 1)).isEmpty();
  }

  @Test
  void who_came_too_late_is_told_the_version_to_go_on_from() {
    assertThat(
            StateRules.stale("k", Optional.of(9L)).details().orElseThrow().path("version").asInt())
        .isEqualTo(9);
    assertThat(StateRules.stale("k", Optional.empty()).getMessage()).contains("not there");
  }

  private static Entry entry(String key, String value) {
    return new Entry(
        key,
        JSON.stringNode(value),
        "Ada",
        Instant.EPOCH,
        Optional.of(1L),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
