package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Outbound;
import java.net.InetAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// One open socket, seen from the rooms. All methods may be called from any thread and none of them
/// waits.
public interface Connection {
  String id();

  InetAddress remote();

  /// Queues a frame. A socket that is closed or hopelessly behind drops it: the message's lease
  /// brings it again.
  void send(Outbound frame);

  /// Queues a reply that echoes the request's `_reqId`.
  void reply(Outbound frame, Optional<String> reqId);

  /// Queues bytes that were encoded once for many receivers; completes with true once they were
  /// written to the socket, false if they were dropped.
  CompletableFuture<Boolean> sendEncoded(byte[] frame);

  /// Whether the socket keeps up. While it does not, the caller should leave messages in the
  /// database.
  boolean writable();

  boolean open();

  /// Who is at the other end, once the hello was accepted.
  Optional<Peer> peer();

  /// Binds the peer after a good hello. Called once, by the handler of the hello.
  ///
  /// From here until the handler's reply was queued, everything else is held back, so that
  /// `hello_ack` is the first frame whoever pushes.
  void bind(Peer peer);

  /// Runs a task when the socket is gone and its last frame was handled; at once if that is over.
  /// The task may block.
  void whenClosed(Runnable task);

  /// Sends what is queued, then a close frame.
  void close(int code, String reason);
}
