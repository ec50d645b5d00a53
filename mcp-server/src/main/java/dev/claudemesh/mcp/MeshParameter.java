package dev.claudemesh.mcp;

import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The parameter by which every tool lets the model choose among several meshes.
final class MeshParameter {
  static final String NAME = "mesh";
  static final String DESCRIPTION = "Which mesh, where several are joined";

  /// The schema of a tool that takes nothing else.
  static final String ONLY =
      "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{\"mesh\":{\"type\":\"string\",\"description\":\""
          + DESCRIPTION
          + "\"}}}";

  private MeshParameter() {}

  static Optional<String> of(String tool, ObjectNode arguments) {
    return new Arguments(tool, arguments).text(NAME);
  }
}
