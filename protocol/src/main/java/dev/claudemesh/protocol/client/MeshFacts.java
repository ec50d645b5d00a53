package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.messaging.MessageRequest.ClientAck;
import java.util.List;

/// What the client knows of its mesh and its broker; before the first hello_ack, the careful
/// assumption.
///
/// @param epoch the mesh's current epoch; 0 while unknown
/// @param compat whether a group message may go in clear where there is no key
record MeshFacts(int epoch, boolean compat, List<String> capabilities) {
  private static final int SMALL_FRAME = 64 << 10;
  private static final int LARGE_FRAME = 1 << 20;

  static final MeshFacts UNKNOWN = new MeshFacts(0, false, List.of());

  static MeshFacts of(HelloAck hello) {
    return new MeshFacts(
        hello.epoch(), hello.encryption().equals("compat"), List.copyOf(hello.capabilities()));
  }

  MeshFacts atEpoch(int newer) {
    return newer > epoch ? new MeshFacts(newer, compat, capabilities) : this;
  }

  int maxFrameBytes() {
    return capabilities.contains(Capability.LARGE_FRAMES) ? LARGE_FRAME : SMALL_FRAME;
  }

  /// How many messages one frame may confirm; 0 if the broker wants none confirmed.
  int confirmedAtOnce() {
    if (!capabilities.contains(Capability.CLIENT_ACK)) {
      return 0;
    }
    return capabilities.contains(Capability.ACK_MANY) ? ClientAck.AT_ONCE : 1;
  }
}
