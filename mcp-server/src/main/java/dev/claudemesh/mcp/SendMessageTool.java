package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.Outgoing;
import dev.claudemesh.protocol.client.Target;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.Priority;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ObjectNode;

/// `send_message`: finds whom the names mean, encrypts, sends, and says what became of each.
final class SendMessageTool implements Tool {
  private static final int ACK_SECONDS = 10;
  private static final String SCHEMA =
      """
      {"type":"object","additionalProperties":false,"required":["to","message"],"properties":{
       "to":{"description":"A peer's or member's name, the first characters of a key, @group, or * for everyone; several as a list",
        "anyOf":[{"type":"string"},{"type":"array","items":{"type":"string"},"minItems":1,"maxItems":50}]},
       "message":{"type":"string","description":"The text"},
       "priority":{"type":"string","enum":["now","next","low"],"description":"now interrupts; next (default) waits until the receiver is idle; low waits until they look"},
       "reply_to":{"type":"string","description":"Id of the message this answers"},
       "mesh":{"type":"string","description":"Which mesh, where several are joined"}}}
      """;

  private final Meshes meshes;
  private final Counters counters;

  SendMessageTool(Meshes meshes, Counters counters) {
    this.meshes = meshes;
    this.counters = counters;
  }

  @Override
  public String name() {
    return "send_message";
  }

  @Override
  public String description() {
    return "Send an end-to-end encrypted message to sessions and people on the mesh: other users,"
        + " other machines. Reaches a peer, a member, a @group or * (everyone); queued on"
        + " the broker while the receiver is away or busy.";
  }

  @Override
  public String group() {
    return "messaging";
  }

  @Override
  public ObjectNode schema() {
    return (ObjectNode) Wire.mapper().readTree(SCHEMA);
  }

  @Override
  public Effect effect() {
    return Effect.WRITE;
  }

  @Override
  public String call(ObjectNode node) {
    Arguments arguments = new Arguments(name(), node);
    String text = arguments.requiredText("message");
    Priority priority = arguments.word("priority", Priority.class).orElse(Priority.NEXT);
    Optional<String> replyTo = arguments.text("reply_to");
    Map<String, Sending> sendings = new LinkedHashMap<>();
    List<String> failed = new ArrayList<>();
    Map<MeshLink, Targets> directory = new LinkedHashMap<>();
    for (String name : arguments.texts("to")) {
      try {
        Targets.Scoped scoped =
            Targets.split(name, meshes.links().stream().map(MeshLink::slug).toList());
        MeshLink link = meshes.one(scoped.mesh().or(() -> arguments.text("mesh")));
        link.requireConnection();
        Target target = directory.computeIfAbsent(link, MeshLink::targets).resolve(scoped.name());
        String slot = link.slug() + " " + target.spec();
        if (!sendings.containsKey(slot)) {
          Outgoing message = new Outgoing(target.spec(), priority, text, replyTo, false);
          sendings.put(slot, new Sending(target.label(), link.client().send(message)));
        }
      } catch (Problem problem) {
        failed.add(PeerText.attribute(name) + ": " + problem.getMessage());
      }
    }
    return report(sendings.values().stream().toList(), failed);
  }

  private record Sending(String label, CompletableFuture<Ack> ack) {}

  private String report(List<Sending> sendings, List<String> failed) {
    List<String> lines = new ArrayList<>();
    for (Sending sending : sendings) {
      try {
        lines.add(line(sending.label(), sending.ack().get(ACK_SECONDS, TimeUnit.SECONDS)));
        counters.sent();
      } catch (ExecutionException e) {
        failed.add(
            PeerText.attribute(sending.label())
                + ": "
                + (e.getCause() instanceof Problem problem
                    ? problem.getMessage()
                    : e.getCause().toString()));
      } catch (TimeoutException e) {
        lines.add(
            "To "
                + PeerText.attribute(sending.label())
                + ": kept here, the broker has not confirmed it yet; it is sent as soon as it can"
                + " be");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Problem(ProblemCode.SHUTTING_DOWN, "The session is ending");
      }
    }
    if (lines.isEmpty()) {
      throw new Problem(ProblemCode.UNKNOWN_TARGET, "Not sent. " + String.join("; ", failed));
    }
    failed.forEach(failure -> lines.add("Not sent to " + failure));
    return String.join("\n", lines);
  }

  private static String line(String label, Ack ack) {
    String waiting =
        ack.waiting()
            .filter(reasons -> !reasons.isEmpty())
            .map(reasons -> ", waits: " + String.join(", ", reasons))
            .orElse("");
    String many =
        ack.recipients()
            .filter(count -> count != 1)
            .map(count -> ", " + count + " recipients")
            .orElse("");
    return "Sent to "
        + PeerText.attribute(label)
        + " (id "
        + ack.messageId()
        + many
        + waiting
        + ")";
  }
}
