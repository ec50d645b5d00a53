package dev.claudemesh.protocol.messaging;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the broker answers about messages.
public sealed interface MessageReply extends Reply {

  /// Accepted, and for a `send`: on disk.
  @Frame(type = "ack", summary = "The request was carried out; for a send, the message is on disk")
  record Ack(
      @Doc("The client's id of the frame, else empty") String id,
      @Doc("The broker's id of the message, else empty") String messageId,
      @Doc("Whether a message was queued by this request") boolean queued,
      @Doc("How many recipients a message has") Optional<Integer> recipients,
      @Doc("Why some of them do not have it yet: offline, busy or dnd")
          Optional<List<String>> waiting)
      implements MessageReply {

    /// The answer to a request that queues nothing. The front door fills in the request's own id.
    public static Ack done() {
      return new Ack("", "", false, Optional.empty(), Optional.empty());
    }

    public Ack withId(String id) {
      return new Ack(id, messageId, queued, recipients, waiting);
    }
  }

  /// What became of a message.
  @Frame(type = "message_status_result", summary = "What became of a message")
  record StatusResult(
      @Doc("The broker's id of the message") String messageId,
      @Doc("Whom it was sent to") String targetSpec,
      @Doc("Whether every recipient has it") boolean delivered,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Doc("When the last recipient got it")
          Optional<Instant> deliveredAt,
      @Doc("One entry a recipient") List<Recipient> recipients)
      implements MessageReply {}

  /// One recipient's copy.
  ///
  /// @param status what clients of the first protocol know: delivered, held or disconnected
  record Recipient(
      @Doc("Name of the recipient") String name,
      @Doc("Key the copy is addressed to") String pubkey,
      @Doc("delivered, held or disconnected") String status,
      @Doc("Where the copy is") DeliveryStatus state,
      @Doc("Why it waits or ended: offline, busy, dnd, leased, blocked, undecryptable, ttl")
          Optional<String> reason,
      @Doc("When it got there") Optional<Instant> at) {}
}
