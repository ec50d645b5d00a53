package dev.claudemesh.protocol.skills;

import dev.claudemesh.protocol.Wire;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A skill as one Markdown file with YAML front matter, as Claude Code reads skills. Values are
/// written in YAML's JSON form, so that no text can end the front matter or begin another field.
public final class SkillDocument {
  private static final String FENCE = "---\n";

  private SkillDocument() {}

  public static String of(SkillReply.Skill skill) {
    ObjectNode fields = Wire.mapper().createObjectNode();
    fields.put("name", skill.name()).put("description", skill.description());
    if (!skill.tags().isEmpty()) {
      skill.tags().forEach(fields.putArray("tags")::add);
    }
    skill
        .manifest()
        .properties()
        .forEach(field -> fields.putIfAbsent(field.getKey(), field.getValue()));
    fields.put("author", skill.author());
    skill.version().ifPresent(version -> fields.put("version", version));
    StringBuilder document = new StringBuilder(FENCE);
    for (String name : List.copyOf(fields.propertyNames())) {
      document.append(key(name)).append(": ").append(inYaml(fields.get(name))).append('\n');
    }
    return document.append(FENCE).append('\n').append(skill.instructions()).append('\n').toString();
  }

  private static String key(String name) {
    return name.matches("[A-Za-z][A-Za-z0-9_-]*")
        ? name
        : inYaml(Wire.mapper().getNodeFactory().stringNode(name));
  }

  private static String inYaml(JsonNode value) {
    return value.toString();
  }
}
