package dev.claudemesh.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.state.StateRequest;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class FacesTest {
  private static final Catalog.Op SET = Catalog.operation(StateRequest.Set.class);

  @Test
  void an_argument_is_known_by_its_own_name_and_by_its_wire_name() {
    ObjectNode called = json("{'key':'k','value':1,'if_version':3}");
    ObjectNode wire = json("{'key':'k','value':1,'ifVersion':3}");

    assertThat(Faces.bind(SET, called)).isEqualTo(Faces.bind(SET, wire));
    assertThat(called.has("if_version")).as("the arguments are left as they were").isTrue();
  }

  @Test
  void a_refusal_names_the_argument_as_its_caller_knows_it() {
    assertThatThrownBy(() -> Faces.bind(SET, json("{'key':'k','value':1,'if_version':'new'}")))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("\"if_version\" must be a whole number");
    assertThatThrownBy(() -> Faces.bind(SET, json("{'value':1}")))
        .hasMessageContaining("\"key\" is required");
  }

  @Test
  void null_is_a_value_where_any_value_will_do() {
    StateRequest.Set set = (StateRequest.Set) Faces.bind(SET, json("{'key':'k','value':null}"));
    assertThat(set.value().isNull()).isTrue();
    assertThatThrownBy(() -> Faces.bind(SET, json("{'key':'k'}")))
        .hasMessageContaining("\"value\" is required");
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) Wire.mapper().readTree(text.replace('\'', '"'));
  }
}
