package dev.claudemesh.protocol.skills;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// Sharing instructions.
public sealed interface SkillRequest<R extends Reply> extends Request<R> {

  /// Shares a skill, or a new version of one of one's own. Others hear of it as `skill_changed`.
  @Operation(
      type = "share_skill",
      access = Access.WRITE,
      effect = Effect.REPEATABLE,
      summary = "Share instructions that other sessions can follow, or a new version of them")
  record Share(
      @Doc("Name of the skill, such as release-checklist") @Size(value = 100, min = 1) String name,
      @Doc("What it is good for, in one or two sentences") @Size(value = 1_024, min = 1)
          String description,
      @Doc("The instructions, as Markdown") @Size(value = 49_152, min = 1) String instructions,
      @Doc("Words to find it by") @Size(value = 20, each = 50) Optional<List<String>> tags,
      @Doc("Further front matter by name, such as when_to_use or allowed_tools")
          @Size(value = 30, each = 2_000)
          Optional<JsonNode> manifest)
      implements SkillRequest<SkillReply.Ack> {}

  /// Reads a skill.
  @Operation(
      type = "get_skill",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary = "Read the instructions of a shared skill")
  record Get(
      @Doc("Name of the skill") @Size(value = 100, min = 1) String name,
      @Doc("An earlier version; the newest if absent") @Range(min = 1, max = Integer.MAX_VALUE)
          Optional<Integer> version)
      implements SkillRequest<SkillReply.Found> {}

  /// Lists skills by name.
  @Operation(
      type = "list_skills",
      access = Access.MEMBER,
      tool = true,
      cli = "skill list",
      effect = Effect.READ,
      summary = "List the skills of the mesh")
  record ListAll(
      @Doc("Only those with this in their name, description or tags") @Size(200)
          Optional<String> query)
      implements SkillRequest<SkillReply.Skills> {}

  /// Takes a skill back, with all its versions.
  @Operation(
      type = "remove_skill",
      access = Access.WRITE,
      tool = true,
      cli = "skill remove",
      effect = Effect.DESTROY,
      summary = "Take a shared skill back; its author or an admin may")
  record Remove(@Doc("Name of the skill") @Size(value = 100, min = 1) String name)
      implements SkillRequest<SkillReply.Ack> {}
}
