package dev.claudemesh.protocol.schedule;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Called;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Hex;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.Priority;
import java.util.Optional;

/// Sending messages later.
public sealed interface ScheduleRequest<R extends Reply> extends Request<R> {
  /// Characters of one body, encrypted or not.
  int BODY = 24_576;

  /// Has a message sent later, at one time or at each time of a cron expression.
  @Operation(
      type = "schedule",
      access = Access.SEND,
      summary =
          "Have a message sent later in your name, once or by a cron expression, whether or not you"
              + " are online then")
  record Schedule(
      @Doc("Key of a session or member in hex, @group, or * for everyone")
          @Size(value = 200, min = 1)
          String to,
      @Doc("The text in clear, of clients that cannot encrypt it; else empty") @Size(BODY)
          String message,
      @Doc("When to send it, in milliseconds since 1970; of no account with cron")
          @Range(min = 0, max = 253_402_300_799_999L)
          Optional<Long> deliverAt,
      @Doc("Always sent as a reminder, said or not") @Size(20) Optional<String> subtype,
      @Doc("Minute, hour, day of month, month and day of week (0 or SUN is Sunday)") @Size(200)
          Optional<String> cron,
      @Doc("Whether it is repeated; cron says so already") Optional<Boolean> recurring,
      @Doc("Time zone of the cron expression, such as Europe/Madrid; UTC if absent") @Size(64)
          Optional<String> timezone,
      @Doc("now, next or low; now if absent") Optional<Priority> priority,
      @Doc("How the body is encrypted: box or group") Optional<Encryption> enc,
      @Doc("Epoch of the mesh key, with enc group") @Range(min = 1, max = 1_000_000)
          Optional<Integer> epoch,
      @Doc("24 random bytes, base64") @Size(64) @Audited(false) Optional<String> nonce,
      @Doc("The encrypted body, base64") @Size(BODY) Optional<String> ciphertext,
      @Doc("Key the body is encrypted by and sent from: yours as a member, else this session's")
          @Hex(32)
          Optional<String> senderPubkey,
      @Doc("The text again, encrypted for you alone: nonce and ciphertext as base64") @Size(BODY)
          Optional<String> ownCopy,
      @Doc("The client's id of this request; a repeat is answered with what the first one made")
          @Size(value = 128, min = 1)
          @JsonProperty("client_message_id")
          Optional<String> clientMessageId)
      implements ScheduleRequest<ScheduleReply.Scheduled> {

    /// A text to be sent in clear, or encrypted by the client on its way out.
    public static Schedule of(
        String to, String message, When when, Optional<Priority> priority, String requestId) {
      return new Schedule(
          to,
          message,
          when.at(),
          Optional.of(REMINDER),
          when.cron(),
          when.cron().map(repeated -> true),
          when.timezone(),
          priority,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.of(requestId));
    }

    @Override
    public String toString() {
      return "Schedule[to=" + to + ", deliverAt=" + deliverAt + ", cron=" + cron + "]";
    }
  }

  /// What a push of a scheduled message has as its `subtype`.
  String REMINDER = "reminder";

  /// When to send: at one time, or by a cron expression in a time zone.
  record When(Optional<Long> at, Optional<String> cron, Optional<String> timezone) {
    public static When at(long millis) {
      return new When(Optional.of(millis), Optional.empty(), Optional.empty());
    }

    public static When cron(String expression, String timezone) {
      return new When(Optional.empty(), Optional.of(expression), Optional.of(timezone));
    }
  }

  /// Lists the member's own scheduled messages, the next one first.
  @Operation(
      type = "list_scheduled",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary =
          "List the reminders and messages you have scheduled, the next one first, and those that"
              + " ended because they could not be sent")
  record ListScheduled(
      @Doc("Only those behind this one: the `next` of the list before") @Id Optional<String> after)
      implements ScheduleRequest<ScheduleReply.Listed> {}

  /// Takes a scheduled message back.
  @Operation(
      type = "cancel_scheduled",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.DESTROY,
      summary = "Cancel a reminder or message you have scheduled")
  record Cancel(@Called("id") @Doc("Id of the scheduled message") @Id String scheduledId)
      implements ScheduleRequest<ScheduleReply.Cancelled> {}
}
