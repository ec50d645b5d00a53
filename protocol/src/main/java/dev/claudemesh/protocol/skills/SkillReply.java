package dev.claudemesh.protocol.skills;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the room skills answers.
public sealed interface SkillReply extends Reply {

  /// A skill was shared or removed.
  @Frame(type = "skill_ack", summary = "What became of the skill")
  record Ack(
      @Doc("Name of the skill") String name,
      @Doc("shared, removed or not_found") String action,
      @Doc("Its version from now on; the same as before if nothing is different")
          Optional<Integer> version)
      implements SkillReply {}

  /// A skill in full.
  @Frame(type = "skill_data", summary = "The skill; null if there is none of this name or version")
  record Found(@JsonInclude(JsonInclude.Include.ALWAYS) @Doc("The skill") Optional<Skill> skill)
      implements SkillReply {}

  /// A skill with its instructions.
  record Skill(
      @Doc("Its name") String name,
      @Doc("What it is good for") String description,
      @Doc("The instructions, as Markdown") String instructions,
      @Doc("Words to find it by") List<String> tags,
      @Doc("Name of the member who shared it") String author,
      @Doc("Further front matter by name") JsonNode manifest,
      @Doc("When it was first shared") Instant createdAt,
      @Doc("Its version") Optional<Integer> version,
      @Doc("The newest version there is") Optional<Integer> newest,
      @Doc("When this version was shared") Optional<Instant> updatedAt,
      @Doc("Key of the member who shared it") Optional<String> authorPubkey) {}

  /// Skills without their instructions.
  @Frame(type = "skill_list", summary = "Skills by name")
  record Skills(@Doc("The skills") List<Listed> skills) implements SkillReply {}

  /// One skill of a list.
  record Listed(
      @Doc("Its name") String name,
      @Doc("What it is good for") String description,
      @Doc("Words to find it by") List<String> tags,
      @Doc("Name of the member who shared it") String author,
      @Doc("When it was first shared") Instant createdAt,
      @Doc("Its version") Optional<Integer> version) {}
}
