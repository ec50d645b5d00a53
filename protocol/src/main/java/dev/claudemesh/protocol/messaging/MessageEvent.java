package dev.claudemesh.protocol.messaging;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Frame;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the broker brings without being asked.
public sealed interface MessageEvent extends Event {

  /// A message, or with `subtype` system a piece of news about the mesh.
  @Frame(
      type = "push",
      summary = "A message for this peer, or with subtype system a piece of news about the mesh")
  record Push(
      @Doc("The broker's id; the same on each redelivery") String messageId,
      @Doc("The mesh it belongs to") String meshId,
      @Doc("Key the sender writes from (session, else member); system for news")
          String senderPubkey,
      @Doc("now, next or low") Priority priority,
      @Doc("Nonce of the body, base64") String nonce,
      @Doc("The encrypted body, base64; empty for news") String ciphertext,
      @Doc("When the broker accepted it") Instant createdAt,
      @Doc("system, reminder or webhook; absent for an ordinary message") Optional<String> subtype,
      @Doc("Name of the piece of news") Optional<String> event,
      @Doc("The news itself") Optional<JsonNode> eventData,
      @Doc("Key of the member who sent it") Optional<String> senderMemberPubkey,
      @Doc("Id of the member who sent it") Optional<String> senderMemberId,
      @Doc("Name of the sender as the broker knows it") Optional<String> senderName,
      @Doc("How the body was encrypted") Optional<Encryption> enc,
      @Doc("Epoch of the mesh key, with enc group") Optional<Integer> epoch,
      @Doc("Whom it was sent to, as the sender wrote it") Optional<String> targetSpec,
      @Doc("Key this copy is addressed to") Optional<String> recipientKey,
      @Doc("The message it answers") Optional<String> replyToId,
      @Doc("How many agent messages it answers, transitively") Optional<Integer> hops,
      @Doc("The sender's id of the message") @JsonProperty("client_message_id")
          Optional<String> clientMessageId,
      @Doc("Hash by which receivers recognise the same request")
          @JsonProperty("request_fingerprint")
          Optional<String> requestFingerprint)
      implements MessageEvent {

    public static final String SYSTEM = "system";

    public Push {
      eventData = eventData.filter(value -> !value.isNull()); // so the mapper reads an absent one
    }

    /// A piece of news: never stored, never confirmed.
    public static Push news(String id, String meshId, String event, JsonNode data, Instant now) {
      return new Push(
          id,
          meshId,
          SYSTEM,
          Priority.LOW,
          "",
          "",
          now,
          Optional.of(SYSTEM),
          Optional.of(event),
          Optional.of(data),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());
    }

    /// Whether this is news about the mesh and not somebody's message.
    public boolean isNews() {
      return subtype.filter(SYSTEM::equals).isPresent();
    }
  }

  /// A recipient's copy of a message that was sent with `notify` changed its status.
  @Frame(
      type = "message_status_changed",
      summary = "A recipient's copy of a message sent with notify changed its status")
  record StatusChanged(
      @Doc("The broker's id of the message") String messageId,
      @Doc("Key the copy is addressed to") String recipient,
      @Doc("Name of the recipient") String recipientName,
      @Doc("The new status") DeliveryStatus status,
      @Doc("Why") Optional<String> reason)
      implements MessageEvent {}
}
