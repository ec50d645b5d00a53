package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.messaging.MessageEvent.StatusChanged;
import java.time.Duration;

/// Told what happens on a {@link MeshClient}. All methods are called one after the other on one
/// virtual thread of the client's own, in the order things happened; they may block and may call
/// the client. What a method throws is logged and does no harm.
public interface MeshListener {
  /// The broker knows us, for the first time or again.
  default void connected(HelloAck hello) {}

  /// The connection was lost or could not be made; the client tries again by itself.
  default void disconnected(Problem why, Duration retryIn) {}

  /// The client gave up: it was refused for good, kicked, banned, or replaced by another client
  /// with the same session key. The last call but for messages in flight.
  default void ended(Problem why) {}

  /// A message, once, in order. It is stored in the {@link Inbox} already.
  default void message(IncomingMessage message) {}

  /// A message that no key of ours opens. Its sender was told.
  default void undecryptable(Undecryptable message) {}

  /// News about the mesh.
  default void news(News news) {}

  /// What another room tells: shared state that changed, data of a stream, a forwarded call.
  default void event(Event event) {}

  /// A recipient's copy of a message sent with `notifySender` changed its status.
  default void statusChanged(StatusChanged change) {}

  /// A mesh key came; messages of that epoch open from now on.
  default void keyArrived(int epoch) {}

  /// A message that nobody waits for any more (its sender gave up, or another process queued it)
  /// was refused and left the outbox.
  default void sendRefused(String clientMessageId, Problem why) {}

  /// Something went wrong that nobody waits for, and the client goes on: a key that does not
  /// verify, a complaint of the broker.
  default void warned(Problem problem) {}
}
