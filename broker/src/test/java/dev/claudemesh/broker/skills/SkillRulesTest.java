package dev.claudemesh.broker.skills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.skills.SkillRequest.Share;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

class SkillRulesTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  @Test
  void tags_are_stripped_and_said_once_and_the_manifest_is_kept_as_it_came() {
    SkillRules.Content content =
        SkillRules.content(
            share(
                "release",
                Optional.of(List.of(" a ", "a", "", "b")),
                Optional.of(JSON.objectNode().put("z", 1).put("a", 2))));

    assertThat(content.tags()).containsExactly("a", "b");
    assertThat(content.manifest()).isEqualTo("{\"z\":1,\"a\":2}");
    assertThat(SkillRules.content(share("x", Optional.empty(), Optional.empty())).manifest())
        .isEqualTo("{}");
    assertThat(
            SkillRules.content(share("x", Optional.empty(), Optional.of(JSON.nullNode())))
                .manifest())
        .isEqualTo("{}");
  }

  @Test
  void a_name_or_tag_is_one_line_and_a_manifest_is_an_object() {
    for (String name : List.of(" ", "a\nb", "a\u0007")) {
      refused(share(name, Optional.empty(), Optional.empty()), "\"name\"");
      if (!name.isBlank()) {
        refused(share("x", Optional.of(List.of(name)), Optional.empty()), "\"tags\"");
      }
    }
    refused(share("x", Optional.empty(), Optional.of(JSON.arrayNode())), "\"manifest\"");
  }

  @Test
  void a_description_may_have_lines_but_no_control_characters() {
    assertThat(SkillRules.content(described("one\r\n\ttwo")).description())
        .isEqualTo("one\r\n\ttwo");
    refused(described("a\u0001"), "\"description\"");
  }

  private static Share described(String description) {
    return new Share("x", description, "how", Optional.empty(), Optional.empty());
  }

  private static void refused(Share share, String field) {
    assertThatThrownBy(() -> SkillRules.content(share))
        .isInstanceOf(Problem.class)
        .hasMessageContaining(field);
  }

  private static Share share(
      String name, Optional<List<String>> tags, Optional<JsonNode> manifest) {
    return new Share(name, "what", "how", tags, manifest);
  }
}
