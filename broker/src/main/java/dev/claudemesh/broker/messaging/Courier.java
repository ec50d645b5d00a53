package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.messaging.Round.Lease;
import dev.claudemesh.broker.messaging.Round.Posting;
import dev.claudemesh.broker.messaging.Round.Repeat;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Tells senders what is on disk, brings encoded pushes to sockets, and tells the writer what
/// became of them.
final class Courier {
  private final Consumer<Command> tell;
  private final Metrics metrics;

  /// @param tell takes a command from any thread, without waiting
  Courier(Consumer<Command> tell, Metrics metrics) {
    this.tell = tell;
    this.metrics = metrics;
  }

  /// Tells a message's sender that it is on disk, and pushes it to whom it was leased. A message
  /// that was known is told of by its first id, and nothing else.
  void handOut(Posting posting, Optional<Repeat> repeat) {
    Command.Accept accept = posting.accept();
    if (repeat.isPresent()) {
      accept
          .receipt()
          .complete(
              new Receipt(repeat.get().firstId(), repeat.get().recipients(), List.of(), () -> {}));
      return;
    }
    Letter letter = accept.letter();
    List<Lease> leases = posting.leases();
    List<String> waiting =
        posting.placements().stream()
            .flatMap(placement -> placement.why().stream())
            .distinct()
            .toList();
    List<Lease> own = leases.stream().filter(lease -> goesBack(accept, lease)).toList();
    metrics.messageRouted(letter.priority());
    accept
        .receipt()
        .complete(
            new Receipt(
                letter.id(),
                posting.placements().size(),
                waiting,
                () -> own.forEach(lease -> push(lease, letter.id(), accept.frame()))));
    leases.stream()
        .filter(lease -> !goesBack(accept, lease))
        .forEach(lease -> push(lease, letter.id(), accept.frame()));
  }

  private static boolean goesBack(Command.Accept accept, Lease lease) {
    return accept.origin().filter(origin -> origin.is(lease.socket())).isPresent();
  }

  private void push(Lease lease, String messageId, byte[] frame) {
    push(lease.mailbox().peer(), lease.socket(), messageId, frame);
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
