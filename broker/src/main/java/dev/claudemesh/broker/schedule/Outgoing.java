package dev.claudemesh.broker.schedule;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import java.util.concurrent.CompletableFuture;

/// Where messages go that are due.
public interface Outgoing {
  /// Looks whether a member could send this now.
  ///
  /// @throws dev.claudemesh.protocol.Problem that says why not
  void check(Send send, Member sender);

  /// Sends for a member who need not be here. A `client_message_id` that is known sends nothing
  /// more.
  ///
  /// @param address the member's key that the body is encrypted by
  /// @param subtype what the push says it is
  /// @return completes once the message is on disk; fails with a {@link
  ///   dev.claudemesh.protocol.Problem}
  /// @throws dev.claudemesh.protocol.Problem if it is refused at once
  CompletableFuture<?> send(Send send, Member sender, PublicKey address, String subtype);
}
