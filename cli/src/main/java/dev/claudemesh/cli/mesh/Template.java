package dev.claudemesh.cli.mesh;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.tasks.TaskPriority;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// What a new mesh of one kind begins with. All of them stand in `templates.json`.
///
/// @param about for people who choose
/// @param welcome what the mesh remembers from the start: what it is for, and its groups
/// @param state shared values by key
record Template(
    String name,
    String about,
    String welcome,
    Map<String, JsonNode> state,
    List<FirstTask> tasks,
    FirstSkill skill) {

  /// A task that is on the board from the start.
  record FirstTask(String title, TaskPriority priority, List<String> tags) {}

  /// A skill that is shared from the start.
  record FirstSkill(String name, String description, String instructions) {}

  static List<Template> all() {
    try (InputStream in = Template.class.getResourceAsStream("templates.json")) {
      return List.of(Wire.mapper().readValue(in, Template[].class));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// @throws Problem `invalid_argument` listing what there is
  static Template called(String name) {
    return all().stream()
        .filter(template -> template.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new Problem(
                ProblemCode.INVALID_ARGUMENT,
                "There is no template \""
                    + name
                    + "\"; there are "
                    + all().stream().map(Template::name).collect(Collectors.joining(", "))));
  }
}
