package dev.claudemesh.broker.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.state.StateReply.Entry;
import dev.claudemesh.protocol.state.StateRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class StateRulesTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @Test
  void any_json_is_a_value_and_is_stored_as_it_came() {
    for (String value : List.of("null", "1.5", "\"tür\"", "[1,[2]]", "{\"b\":1,\"a\":null}")) {
      assertThat(StateRules.stored(set(Wire.mapper().readTree(value), false, 0), 100))
          .isEqualTo(value);
    }
  }

  @Test
  void a_value_may_be_as_large_as_the_limit_counted_in_bytes_and_not_larger() {
    assertThat(StateRules.stored(set(JSON.stringNode("ü".repeat(10)), false, 0), 22)).hasSize(12);
    assertThatThrownBy(() -> StateRules.stored(set(JSON.stringNode("ü".repeat(10)), false, 0), 21))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.TOO_LARGE))
        .hasMessageContaining("21 bytes");
  }

  @Test
  void a_private_value_says_under_which_key_and_is_not_accepted_in_clear() {
    assertThat(StateRules.stored(set(JSON.stringNode("AAAA"), true, 2), 100)).isEqualTo("\"AAAA\"");
    for (StateRequest.Set wrong :
        List.of(
            set(JSON.stringNode("clear"), true, 0),
            set(JSON.stringNode("AAAA"), false, 2),
            set(JSON.objectNode(), true, 2))) {
      assertThatThrownBy(() -> StateRules.stored(wrong, 100))
          .isInstanceOfSatisfying(
              Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID));
    }
  }

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

  private static StateRequest.Set set(JsonNode value, boolean secret, int epoch) {
    return new StateRequest.Set(
        "k",
        value,
        Optional.empty(),
        secret ? Optional.of(true) : Optional.empty(),
        epoch == 0 ? Optional.empty() : Optional.of(epoch));
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
        Optional.empty());
  }
}
