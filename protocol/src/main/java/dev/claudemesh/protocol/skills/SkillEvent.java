package dev.claudemesh.protocol.skills;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Frame;
import java.util.Optional;

/// What the room skills tells without being asked.
public sealed interface SkillEvent extends Event {

  /// Somebody else shared or removed a skill.
  @Frame(type = "skill_changed", summary = "Somebody else shared or removed a skill")
  record Changed(
      @Doc("Name of the skill") String name,
      @Doc("shared or removed") String action,
      @Doc("Its version, if it was shared") Optional<Integer> version,
      @Doc("Name of the member who did") String by)
      implements SkillEvent {}
}
