package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.skills.SkillReply;
import dev.claudemesh.protocol.skills.SkillRequest;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `share_skill`: shares instructions with the other sessions; what Claude Code knows of skills
/// beyond their text goes into the manifest.
final class ShareSkillTool implements Tool {
  private static final List<String> FRONT_MATTER =
      List.of(
          "when_to_use",
          "allowed_tools",
          "model",
          "context",
          "agent",
          "user_invocable",
          "argument_hint");
  private static final String SCHEMA =
      """
      {"type":"object","additionalProperties":false,"required":["name","description","instructions"],"properties":{
       "name":{"type":"string","description":"Name of the skill, such as release-checklist","maxLength":100},
       "description":{"type":"string","description":"What it is good for, in one or two sentences","maxLength":1024},
       "instructions":{"type":"string","description":"The instructions, as Markdown","maxLength":49152},
       "tags":{"type":"array","items":{"type":"string"},"maxItems":20},
       "when_to_use":{"type":"string","description":"When a session should follow it"},
       "allowed_tools":{"type":"array","items":{"type":"string"},"description":"Tools it may use without asking"},
       "model":{"type":"string"},
       "context":{"type":"string","enum":["inline","fork"]},
       "agent":{"type":"string"},
       "user_invocable":{"type":"boolean"},
       "argument_hint":{"type":"string"},
       "mesh":{"type":"string","description":"Which mesh, where several are joined"}}}
      """;

  private final Meshes meshes;
  private final Skills skills;

  ShareSkillTool(Meshes meshes, Skills skills) {
    this.meshes = meshes;
    this.skills = skills;
  }

  @Override
  public String name() {
    return "share_skill";
  }

  @Override
  public String description() {
    return Catalog.operation(SkillRequest.Share.class).operation().summary() + ".";
  }

  @Override
  public String group() {
    return "skills";
  }

  @Override
  public ObjectNode schema() {
    return (ObjectNode) Wire.mapper().readTree(SCHEMA);
  }

  @Override
  public Effect effect() {
    return Effect.REPEATABLE;
  }

  @Override
  public String call(ObjectNode arguments) {
    Optional<String> mesh = MeshParameter.of(name(), arguments);
    ObjectNode fields = arguments.deepCopy();
    fields.remove(MeshParameter.NAME);
    ObjectNode manifest = Wire.mapper().createObjectNode();
    for (String name : FRONT_MATTER) {
      JsonNode value = fields.remove(name);
      if (value != null && !value.isNull()) {
        manifest.set(name, value);
      }
    }
    if (!manifest.isEmpty()) {
      fields.set("manifest", manifest);
    }
    SkillRequest.Share share =
        (SkillRequest.Share) Wire.bind(Catalog.operation(SkillRequest.Share.class), fields);
    MeshLink link = meshes.one(mesh);
    link.requireConnection();
    SkillReply.Ack ack = link.client().ask(share);
    skills.refresh(link);
    return "Shared as version "
        + ack.version().map(String::valueOf).orElse("?")
        + "; other sessions find it as skill \""
        + PeerText.attribute(ack.name())
        + "\".";
  }
}
