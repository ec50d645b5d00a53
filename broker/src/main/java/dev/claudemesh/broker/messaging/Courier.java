package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Brings encoded pushes to sockets and tells the writer what became of them.
final class Courier {
  private final Consumer<Command> tell;

  /// @param tell takes a command from any thread, without waiting
  Courier(Consumer<Command> tell) {
    this.tell = tell;
  }

  /// Pushes one copy. A client that never confirms has it once its bytes were flushed.
  void push(Peer peer, Connection socket, String messageId, byte[] frame) {
    socket
        .sendEncoded(frame)
        .whenComplete((sent, failure) -> {
          if (failure != null || !sent) {
            tell.accept(new Command.Dropped(peer, socket));
          } else if (!peer.confirms()) {
            tell.accept(
                new Command.Confirm(
                    peer, List.of(messageId), DeliveryStatus.DELIVERED, Optional.empty()));
          }
        });
  }
}
