package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.presence.PresenceReply.Peer;
import dev.claudemesh.protocol.presence.PresenceRequest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// `mesh_stats`: what each peer has sent, received and done.
final class MeshStatsTool implements Tool {
  private final Meshes meshes;
  private final Counters counters;
  private final InstantSource clock;

  MeshStatsTool(Meshes meshes, Counters counters, InstantSource clock) {
    this.meshes = meshes;
    this.counters = counters;
    this.clock = clock;
  }

  @Override
  public String name() {
    return "mesh_stats";
  }

  @Override
  public String description() {
    return "Counters of this session and of the peers that are here: messages in and out, tool"
        + " calls, errors, uptime.";
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
    lines.add("This session: " + line(counters.at(clock.instant())));
    for (MeshLink link : meshes.someOrAll(MeshParameter.of(name(), arguments))) {
      link.requireConnection();
      for (Peer peer : link.client().ask(new PresenceRequest.ListPeers()).peers()) {
        if (!peer.pubkey().equals(link.client().identity().address().hex())) {
          lines.add(
              link.slug()
                  + "/"
                  + PeerText.attribute(peer.displayName())
                  + ": "
                  + peer.stats().map(MeshStatsTool::line).orElse("no counters"));
        }
      }
    }
    return String.join("\n", lines);
  }

  private static String line(Map<String, Long> counts) {
    Optional<Long> uptime = Optional.ofNullable(counts.get("uptime"));
    String numbers =
        counts.entrySet().stream()
            .filter(count -> !count.getKey().equals("uptime"))
            .map(count -> PeerText.attribute(count.getKey()) + " " + count.getValue())
            .collect(Collectors.joining(", "));
    return numbers + uptime.map(seconds -> ", up " + seconds / 60 + " min").orElse("");
  }
}
