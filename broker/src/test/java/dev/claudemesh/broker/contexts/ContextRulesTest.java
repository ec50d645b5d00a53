package dev.claudemesh.broker.contexts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ContextRulesTest {
  @Test
  void a_blank_summary_tells_nothing() {
    assertThat(ContextRules.summary("x ")).isEqualTo("x ");
    assertThatThrownBy(() -> ContextRules.summary(" \n"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_REQUEST));
  }

  @Test
  void lists_hold_each_text_once_and_no_empty_ones() {
    assertThat(ContextRules.texts(Optional.empty())).isEmpty();
    assertThat(ContextRules.texts(Optional.of(List.of(" a", "", "b", "a "))))
        .containsExactly("a", "b");
  }

  @Test
  void others_hear_of_it_as_clients_of_the_first_protocol_know_it() {
    assertThat(Wire.mapper().valueToTree(ContextRules.news("Ada", "the engine")).toString())
        .isEqualTo("{\"key\":\"_context:Ada\",\"value\":\"the engine\",\"updatedBy\":\"Ada\"}");
  }
}
