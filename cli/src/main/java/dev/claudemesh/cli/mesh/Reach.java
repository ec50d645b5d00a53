package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import java.time.Duration;

/// How a mesh was reached, tried once.
///
/// @param time until the broker had answered a question
/// @param holdsKey whether we hold the mesh key of the current epoch, now that we have been there
public record Reach(Duration time, int peers, HelloAck hello, boolean holdsKey) {
  /// @throws dev.claudemesh.protocol.Problem why it was not
  public static Reach of(Context context, Membership member) {
    long start = System.nanoTime();
    try (Link link = Link.open(context, member)) {
      int peers = link.peers().size();
      Duration time = Duration.ofNanos(System.nanoTime() - start);
      HelloAck hello = link.hello();
      boolean holds =
          member.keys().stream().anyMatch(key -> key.epoch() == hello.epoch())
              || hello.epochKeys().stream().anyMatch(key -> key.epoch() == hello.epoch());
      return new Reach(time, peers, hello, holds);
    }
  }
}
