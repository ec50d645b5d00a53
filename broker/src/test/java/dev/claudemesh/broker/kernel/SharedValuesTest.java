package dev.claudemesh.broker.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class SharedValuesTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @Test
  void any_json_is_a_value_and_stays_as_it_came() {
    for (String value : List.of("null", "1.5", "\"tür\"", "[1,[2]]", "{\"b\":1,\"a\":null}")) {
      assertThat(text(Wire.mapper().readTree(value), false, 0, 100)).isEqualTo(value);
    }
  }

  @Test
  void a_value_may_be_as_large_as_the_limit_counted_in_bytes_and_not_larger() {
    JsonNode umlauts = JSON.stringNode("ü".repeat(10));
    assertThat(text(umlauts, false, 0, 22)).hasSize(12);
    assertThatThrownBy(() -> text(umlauts, false, 0, 21))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.TOO_LARGE))
        .hasMessageContaining("21 bytes");
  }

  @Test
  void what_is_private_says_under_which_key_and_is_not_accepted_in_clear() {
    assertThat(text(JSON.stringNode("AAAA"), true, 2, 100)).isEqualTo("\"AAAA\"");
    refused(JSON.stringNode("clear"), true, 0);
    refused(JSON.stringNode("AAAA"), false, 2);
    refused(JSON.objectNode(), true, 2);
  }

  private static void refused(JsonNode value, boolean secret, int epoch) {
    assertThatThrownBy(() -> text(value, secret, epoch, 100))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID));
  }

  private static String text(JsonNode value, boolean secret, int epoch, int maxBytes) {
    return SharedValues.text(
        "set_state",
        value,
        secret ? Optional.of(true) : Optional.empty(),
        epoch == 0 ? Optional.empty() : Optional.of(epoch),
        maxBytes);
  }
}
