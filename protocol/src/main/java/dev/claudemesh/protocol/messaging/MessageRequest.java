package dev.claudemesh.protocol.messaging;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Called;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.util.List;
import java.util.Optional;

/// Sending, confirming, and asking what became of messages.
public sealed interface MessageRequest<R extends Reply> extends Request<R> {

  /// Hands a message to the broker. The `ack` comes after the commit and carries `id`, never a
  /// `_reqId`.
  @Operation(
      type = "send",
      access = Access.SEND,
      summary = "Send an encrypted message to a peer, a member, a @group or everyone")
  record Send(
      @Doc("Key of a session or member in hex, @group, or * for everyone")
          @Size(value = 200, min = 1)
          String targetSpec,
      @Doc("now, next or low") Priority priority,
      @Doc("24 random bytes, base64") @Size(64) String nonce,
      @Doc("The encrypted body, base64") @Size(1_048_576) String ciphertext,
      @Doc("The client's id of this frame, repeated in the ack") @Size(128) Optional<String> id,
      @Doc("The client's id of this message; a repeat is answered with the first message's id")
          @Size(value = 128, min = 1)
          @JsonProperty("client_message_id")
          Optional<String> clientMessageId,
      @Doc("Hash by which receivers recognise the same request")
          @Size(128)
          @JsonProperty("request_fingerprint")
          Optional<String> requestFingerprint,
      @Doc("How the body was encrypted: box or group") Optional<Encryption> enc,
      @Doc("Epoch of the mesh key, with enc group") @Range(min = 1, max = 1_000_000)
          Optional<Integer> epoch,
      @Doc("The message this one answers") @Size(128) Optional<String> replyToId,
      @Doc("How many agent messages this one answers, transitively")
          @Range(min = 0, max = 1_000_000)
          Optional<Integer> hops,
      @Doc("Tell the sender each time a recipient's status changes") @JsonProperty("notify")
          Optional<Boolean> notifySender)
      implements MessageRequest<MessageReply.Ack> {}

  /// The client has stored a message, or several; they will not be pushed again.
  @Operation(
      type = "client_ack",
      audited = false,
      access = Access.MEMBER,
      quiet = true,
      effect = Operation.Effect.REPEATABLE,
      summary = "Confirm that messages were stored by the client")
  record ClientAck(
      @Doc("The broker's id of the message") @Size(128) Optional<String> brokerMessageId,
      @Doc("The sender's id of the message") @Size(128) Optional<String> clientMessageId,
      @Doc("The broker's ids of several messages, where the hello_ack named ack_many")
          @Size(value = ClientAck.AT_ONCE, each = 128)
          Optional<List<String>> brokerMessageIds)
      implements MessageRequest<MessageReply.Ack> {
    /// Messages that one frame confirms at most.
    public static final int AT_ONCE = 500;

    public static ClientAck of(String messageId) {
      return new ClientAck(Optional.of(messageId), Optional.empty(), Optional.empty());
    }

    public static ClientAck of(List<String> messageIds) {
      return new ClientAck(Optional.empty(), Optional.empty(), Optional.of(messageIds));
    }
  }

  /// The session has been shown the messages.
  @Operation(
      type = "seen",
      audited = false,
      access = Access.MEMBER,
      quiet = true,
      effect = Operation.Effect.REPEATABLE,
      summary = "Tell that the session has been shown messages")
  record Seen(
      @Doc("The broker's ids of the messages") @Size(value = 500, each = 128)
          List<String> messageIds)
      implements MessageRequest<MessageReply.Ack> {}

  /// The client refuses a message for good.
  @Operation(
      type = "nack",
      audited = false,
      access = Access.MEMBER,
      quiet = true,
      effect = Operation.Effect.REPEATABLE,
      summary = "Refuse a message that cannot or must not be shown")
  record Nack(
      @Doc("The broker's id of the message") @Size(value = 128, min = 1) String messageId,
      @Doc("blocked or undecryptable") @Size(value = 50, min = 1) String reason)
      implements MessageRequest<MessageReply.Ack> {}

  /// What became of a message, recipient by recipient.
  @Operation(
      type = "message_status",
      access = Access.MEMBER,
      tool = true,
      effect = Operation.Effect.READ,
      summary =
          "Tell what became of a sent message: for each recipient queued (and why), in flight,"
              + " delivered, seen, expired or refused")
  record MessageStatus(
      @Called("id")
          @Doc("Id of the message, or its first 8 characters or more")
          @Size(value = 128, min = 8)
          String messageId)
      implements MessageRequest<MessageReply.StatusResult> {}
}
