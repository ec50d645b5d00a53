package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Wire;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// `check_messages`: everything that waits for this session and was not shown yet, low priority
/// too.
final class CheckMessagesTool implements Tool {
  private final Postman postman;
  private final Notices notices;

  CheckMessagesTool(Postman postman, Notices notices) {
    this.postman = postman;
    this.notices = notices;
  }

  @Override
  public String name() {
    return "check_messages";
  }

  @Override
  public String description() {
    return "Read the messages from the mesh that were not shown in this conversation yet, those of"
        + " low priority too, and what waits of streams and tasks.";
  }

  @Override
  public String group() {
    return "messaging";
  }

  @Override
  public ObjectNode schema() {
    return (ObjectNode)
        Wire.mapper()
            .readTree("{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{}}");
  }

  @Override
  public Effect effect() {
    return Effect.WRITE;
  }

  @Override
  public String call(ObjectNode arguments) {
    List<Letter> letters = postman.take();
    Optional<String> told = notices.takeAll();
    if (letters.isEmpty()) {
      return told.orElseGet(() ->
          postman.waiting() == 0
              ? "No new messages."
              : "No new messages; " + postman.waiting() + " on the way into this conversation.");
    }
    return MessageFrame.all(letters) + told.map(lines -> "\n\n" + lines).orElse("");
  }
}
