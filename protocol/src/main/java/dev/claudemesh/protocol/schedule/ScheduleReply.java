package dev.claudemesh.protocol.schedule;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the room schedule answers.
public sealed interface ScheduleReply extends Reply {

  /// A message will be sent.
  @Frame(type = "scheduled_ack", summary = "The message is on disk and will be sent")
  record Scheduled(
      @Doc("Its id, for cancelling") String scheduledId,
      @Doc("When it is sent first, in milliseconds since 1970") long deliverAt,
      @Doc("The cron expression it is repeated by") Optional<String> cron,
      @Doc("Time zone of the cron expression") Optional<String> timezone)
      implements ScheduleReply {}

  /// Scheduled messages.
  @Frame(
      type = "scheduled_list",
      summary = "The member's own scheduled messages, by their due time")
  record Listed(
      @Doc("The messages, the next one first") List<Entry> messages,
      @Doc("There are more: ask again with this as `after`") Optional<String> next)
      implements ScheduleReply {}

  /// One scheduled message.
  record Entry(
      @Doc("Its id") String id,
      @Doc("Whom it is for: a key, @group, or * for everyone") String to,
      @Doc("The text; empty while it is encrypted") String message,
      @Doc("When it is due next or was due last, in milliseconds since 1970") long deliverAt,
      @Doc("When it was scheduled, in milliseconds since 1970") long createdAt,
      @Doc("The cron expression it is repeated by") Optional<String> cron,
      @Doc("How often it was sent") Optional<Integer> firedCount,
      @Doc("When it is sent next; absent once it has ended") Optional<Instant> nextAt,
      @Doc("Time zone of the cron expression") Optional<String> timezone,
      @Doc("Runs that fell into a time in which the broker was away; they are not made up for")
          Optional<Integer> missed,
      @Doc("When it was sent last") Optional<Instant> lastFiredAt,
      @Doc("now, next or low") Optional<Priority> priority,
      @Doc("Why it was not sent the last time") Optional<String> problem,
      @Doc("Whether it ended for that reason") Optional<Boolean> ended,
      @Doc("How the body is encrypted") Optional<Encryption> enc,
      @Doc("Epoch of the mesh key, with enc group") Optional<Integer> epoch,
      @Doc("The text, encrypted for its owner: nonce and ciphertext as base64")
          Optional<String> ownCopy) {

    /// The same with its text.
    public Entry opened(String text) {
      return new Entry(
          id,
          to,
          text,
          deliverAt,
          createdAt,
          cron,
          firedCount,
          nextAt,
          timezone,
          missed,
          lastFiredAt,
          priority,
          problem,
          ended,
          enc,
          epoch,
          Optional.empty());
    }

    @Override
    public String toString() {
      return "Entry[id=" + id + ", to=" + to + "]";
    }
  }

  /// A scheduled message will not be sent any more.
  @Frame(type = "cancel_scheduled_ack", summary = "Whether there was such a message to cancel")
  record Cancelled(
      @Doc("The id that was asked for") String scheduledId,
      @Doc("False if the caller has no such message, or it was sent or cancelled before")
          boolean ok)
      implements ScheduleReply {}
}
