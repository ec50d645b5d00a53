package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Operation.Effect;
import tools.jackson.databind.node.ObjectNode;

/// Something the model can call.
///
/// @param name without the server's prefix
/// @param description one paragraph, under 2 KB
/// @param schema JSON schema of the arguments, an object at the root
interface Tool {
  String name();

  String description();

  /// The group it is chosen by, named as the room it is about.
  String group();

  ObjectNode schema();

  Effect effect();

  /// Carries out a call.
  ///
  /// @return what the model reads, as short as it can be
  /// @throws dev.claudemesh.protocol.Problem what went wrong and what to do; shown to the model
  String call(ObjectNode arguments);

  /// The same for a call that may take its time.
  default String call(ObjectNode arguments, Meanwhile meanwhile) {
    return call(arguments);
  }
}
