package dev.claudemesh.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import java.util.List;
import org.junit.jupiter.api.Test;

class ToolChoiceTest {
  private static final List<Tool> TOOLS =
      Catalog.operations().stream()
          .filter(op -> op.operation().tool())
          .<Tool>map(op -> new CatalogTool(op, new Meshes(List.of()), null, null))
          .toList();

  @Test
  void all_is_all_and_a_group_is_named_as_its_room() {
    assertThat(ToolChoice.ALL.from(TOOLS)).isEqualTo(TOOLS);
    assertThat(names("state"))
        .containsExactlyInAnyOrder("set_state", "get_state", "list_state", "delete_state");
  }

  @Test
  void groups_tools_and_core_can_be_put_together() {
    assertThat(names("core, state,join_group"))
        .contains("list_peers", "message_status", "get_state", "join_group")
        .doesNotContain("leave_group", "publish");
  }

  @Test
  void a_word_that_fits_nothing_is_refused_with_what_there_is() {
    assertThatThrownBy(() -> names("state,stat"))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("called stat;")
        .hasMessageContaining("streams");
    assertThatThrownBy(() -> names(" , ")).isInstanceOf(Problem.class);
  }

  @Test
  void every_tool_says_in_less_than_two_kilobytes_what_it_is_for() {
    assertThat(TOOLS)
        .allSatisfy(tool -> assertThat(tool.description().length()).isBetween(10, 2_000));
  }

  private static List<String> names(String words) {
    return ToolChoice.of(words).from(TOOLS).stream().map(Tool::name).toList();
  }
}
