package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.presence.PresenceRequest;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// `ping_mesh`: whether the meshes can be reached, and how fast they answer.
final class PingMeshTool implements Tool {
  private static final int NANOS_A_MILLI = 1_000_000;

  private final Meshes meshes;
  private final Postman postman;

  PingMeshTool(Meshes meshes, Postman postman) {
    this.meshes = meshes;
    this.postman = postman;
  }

  @Override
  public String name() {
    return "ping_mesh";
  }

  @Override
  public String description() {
    return "Check the connection to the mesh: whether the broker answers and how fast, how many"
        + " peers are here, how many messages wait for you.";
  }

  @Override
  public String group() {
    return "meshes";
  }

  @Override
  public ObjectNode schema() {
    return (ObjectNode) Wire.mapper().readTree(MeshParameter.ONLY);
  }

  @Override
  public Effect effect() {
    return Effect.READ;
  }

  @Override
  public String call(ObjectNode arguments) {
    List<String> lines = new ArrayList<>();
    for (MeshLink link : meshes.someOrAll(MeshParameter.of(name(), arguments))) {
      try {
        link.requireConnection();
        long before = System.nanoTime();
        int peers = link.client().ask(new PresenceRequest.ListPeers()).peers().size();
        lines.add(
            link.slug()
                + ": answers in "
                + (System.nanoTime() - before) / NANOS_A_MILLI
                + " ms, "
                + peers
                + " peers here");
      } catch (Problem problem) {
        lines.add(link.slug() + ": " + problem.getMessage());
      }
    }
    lines.add(postman.waiting() + " messages wait for this session");
    return String.join("\n", lines);
  }
}
