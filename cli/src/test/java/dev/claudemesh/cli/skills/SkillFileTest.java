package dev.claudemesh.cli.skills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.skills.SkillDocument;
import dev.claudemesh.protocol.skills.SkillReply.Skill;
import dev.claudemesh.protocol.skills.SkillRequest.Share;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SkillFileTest {
  @Test
  void front_matter_as_people_write_it_is_read() {
    Share share =
        SkillFile.read(
            """
            ---
            name: release
            description: >-
              How we ship,
              step by step
            tags: ops, ship
            allowed-tools: [Bash, Read]
            user-invocable: true
            ---

            # Steps
            ---
            1. Tag
            """,
            "folder");

    assertThat(share.name()).isEqualTo("release");
    assertThat(share.description()).isEqualTo("How we ship, step by step");
    assertThat(share.tags()).contains(List.of("ops", "ship"));
    assertThat(share.instructions()).isEqualTo("# Steps\n---\n1. Tag");
    assertThat(share.manifest().orElseThrow().toString())
        .isEqualTo("{\"allowed-tools\":[\"Bash\",\"Read\"],\"user-invocable\":true}");
  }

  @Test
  void a_skill_without_a_name_is_called_as_its_folder() {
    assertThat(SkillFile.read("---\r\ndescription: x\r\n---\r\ntext", "folder").name())
        .isEqualTo("folder");
  }

  @Test
  void what_we_print_is_what_we_read_whatever_its_texts_try() {
    ObjectNode manifest =
        Wire.mapper().createObjectNode().put("when_to_use", "a: b\n---\nname: evil").put("n", 1);
    Skill skill =
        new Skill(
            "x: y",
            "line one\n---\nauthor: me",
            "# Text\n---\nmore",
            List.of("a, b", "c"),
            "Ada\n---",
            manifest,
            Instant.EPOCH,
            Optional.of(3),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    Share read = SkillFile.read(SkillDocument.of(skill), "folder");

    assertThat(read)
        .isEqualTo(
            new Share(
                skill.name(),
                skill.description(),
                skill.instructions(),
                Optional.of(skill.tags()),
                Optional.of(manifest)));
  }

  @Test
  void a_file_that_is_no_skill_is_refused_with_what_it_lacks() {
    refused("# just text", "front matter");
    refused("---\nname: x\n---\ntext", "description");
    refused("---\n- a\n---\ntext", "not fields");
    refused("---\na: [1\n---\ntext", "not YAML");
    refused("---\nname: a\nname: b\ndescription: x\n---\n", "not YAML");
    refused("---\na: &a [x]\nb: &b [*a,*a]\nc: !!java.net.URL [x]\n---\n", "not YAML");
  }

  private static void refused(String text, String why) {
    assertThatThrownBy(() -> SkillFile.read(text, "folder"))
        .isInstanceOf(CommandFailure.class)
        .hasMessageContaining(why);
  }
}
