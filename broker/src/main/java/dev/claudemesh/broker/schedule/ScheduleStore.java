package dev.claudemesh.broker.schedule;

import static dev.claudemesh.db.jooq.Tables.SCHEDULED_MESSAGE;

import dev.claudemesh.broker.schedule.ScheduleRules.Place;
import dev.claudemesh.broker.schedule.ScheduleRules.Turn;
import dev.claudemesh.db.BoundedRead;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.jooq.tables.records.ScheduledMessageRecord;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/// Rows of `scheduled_message`.
final class ScheduleStore {
  private static final Condition WAITS = SCHEDULED_MESSAGE.ENDED_AT.isNull();

  private final Database database;

  ScheduleStore(Database database) {
    this.database = database;
  }

  /// Stores a message.
  ///
  /// @param perMember messages a member may have waiting
  /// @param perMesh the same of all members
  /// @return it, or the one that was stored by the same request before; empty if there are too many
  Optional<ScheduledMessage> insert(ScheduledMessage message, int perMember, int perMesh) {
    return database.transaction(dsl -> {
      Optional<ScheduledMessage> before = byRequest(dsl, message);
      if (before.isPresent()
          || waiting(dsl, message.meshId(), DSL.noCondition()) >= perMesh
          || waiting(dsl, message.meshId(), SCHEDULED_MESSAGE.MEMBER_ID.eq(message.memberId()))
              >= perMember) {
        return before;
      }
      boolean inserted =
          dsl.insertInto(SCHEDULED_MESSAGE)
                  .set(row(message))
                  .onConflict(SCHEDULED_MESSAGE.MEMBER_ID, SCHEDULED_MESSAGE.CLIENT_MESSAGE_ID)
                  .doNothing()
                  .execute()
              == 1;
      return inserted ? Optional.of(message) : byRequest(dsl, message);
    });
  }

  private static int waiting(DSLContext dsl, String meshId, Condition whose) {
    return dsl.fetchCount(
        SCHEDULED_MESSAGE, SCHEDULED_MESSAGE.MESH_ID.eq(meshId).and(whose).and(WAITS));
  }

  private static Optional<ScheduledMessage> byRequest(DSLContext dsl, ScheduledMessage message) {
    return message
        .requestId()
        .flatMap(request ->
            dsl.selectFrom(SCHEDULED_MESSAGE)
                .where(SCHEDULED_MESSAGE.MEMBER_ID.eq(message.memberId()))
                .and(SCHEDULED_MESSAGE.CLIENT_MESSAGE_ID.eq(request))
                .fetchOptional(ScheduleStore::message));
  }

  /// A member's messages that wait, and those that ended badly and are remembered; by due time.
  /// They can be long, so they are read few at a time, and no further than they are wanted.
  ///
  /// @param after only those behind it
  /// @param most characters; the entry that goes beyond it is the last, but never the only one
  List<ScheduledMessage> ofMember(String meshId, String memberId, Optional<Place> after, int most) {
    return database.transaction(dsl ->
        BoundedRead.of(
            dsl.selectFrom(SCHEDULED_MESSAGE)
                .where(SCHEDULED_MESSAGE.MESH_ID.eq(meshId))
                .and(SCHEDULED_MESSAGE.MEMBER_ID.eq(memberId))
                .and(WAITS.or(SCHEDULED_MESSAGE.PROBLEM.isNotNull()))
                .and(
                    after
                        .<Condition>map(place ->
                            DSL.row(SCHEDULED_MESSAGE.NEXT_AT, SCHEDULED_MESSAGE.ID)
                                .gt(place.nextAt(), place.id()))
                        .orElseGet(DSL::noCondition))
                .orderBy(SCHEDULED_MESSAGE.NEXT_AT, SCHEDULED_MESSAGE.ID),
            row -> message((ScheduledMessageRecord) row),
            ScheduleRules::size,
            most));
  }

  /// Ends a member's own message that waits and is not just being sent.
  ///
  /// @return whether there was one
  boolean cancel(String meshId, String memberId, String id, Instant now) {
    return database.statement(dsl ->
        dsl.update(SCHEDULED_MESSAGE)
            .set(SCHEDULED_MESSAGE.ENDED_AT, now)
            .setNull(SCHEDULED_MESSAGE.PROBLEM)
            .set(SCHEDULED_MESSAGE.CIPHERTEXT, "")
            .setNull(SCHEDULED_MESSAGE.OWN_COPY)
            .where(SCHEDULED_MESSAGE.ID.eq(id))
            .and(SCHEDULED_MESSAGE.MESH_ID.eq(meshId))
            .and(SCHEDULED_MESSAGE.MEMBER_ID.eq(memberId))
            .and(WAITS)
            .and(unclaimed(now))
            .execute())
        == 1;
  }

  /// Whether a member's own message is just being sent.
  boolean beingSent(String meshId, String memberId, String id, Instant now) {
    return database
        .dsl()
        .fetchExists(
            SCHEDULED_MESSAGE,
            SCHEDULED_MESSAGE
                .ID
                .eq(id)
                .and(SCHEDULED_MESSAGE.MESH_ID.eq(meshId))
                .and(SCHEDULED_MESSAGE.MEMBER_ID.eq(memberId))
                .and(WAITS)
                .and(DSL.not(unclaimed(now))));
  }

  /// Takes messages that are due and that no other broker is at.
  ///
  /// @param until how long others leave them alone
  List<ScheduledMessage> claim(Instant now, Instant until, int limit) {
    return database.statement(dsl ->
        dsl.update(SCHEDULED_MESSAGE)
            .set(SCHEDULED_MESSAGE.CLAIMED_UNTIL, until)
            .where(
                SCHEDULED_MESSAGE.ID.in(
                    DSL.select(SCHEDULED_MESSAGE.ID)
                        .from(SCHEDULED_MESSAGE)
                        .where(SCHEDULED_MESSAGE.NEXT_AT.le(now))
                        .and(WAITS)
                        .and(unclaimed(now))
                        .orderBy(SCHEDULED_MESSAGE.NEXT_AT)
                        .limit(limit)
                        .forUpdate()
                        .skipLocked()))
            .returning()
            .fetch(ScheduleStore::message));
  }

  /// When the next message is due that no other broker is at.
  Optional<Instant> nextDue(Instant now) {
    return database
        .dsl()
        .select(SCHEDULED_MESSAGE.NEXT_AT)
        .from(SCHEDULED_MESSAGE)
        .where(WAITS)
        .and(unclaimed(now))
        .orderBy(SCHEDULED_MESSAGE.NEXT_AT)
        .limit(1)
        .fetchOptional(SCHEDULED_MESSAGE.NEXT_AT);
  }

  private static Condition unclaimed(Instant now) {
    return SCHEDULED_MESSAGE.CLAIMED_UNTIL.isNull().or(SCHEDULED_MESSAGE.CLAIMED_UNTIL.le(now));
  }

  /// Leaves a message that could not be dealt with to whoever comes first after a time.
  void release(ScheduledMessage message, Instant after) {
    database.statement(dsl ->
        dsl.update(SCHEDULED_MESSAGE)
            .set(SCHEDULED_MESSAGE.CLAIMED_UNTIL, after)
            .where(is(message))
            .execute());
  }

  /// A message was dealt with: goes on to its next time or ends.
  ///
  /// @param turn what was done
  /// @param problem why it was not sent, if it should have been
  /// @return false if somebody else dealt with it, or it was cancelled meanwhile
  boolean done(ScheduledMessage message, Turn turn, Optional<String> problem, Instant now) {
    boolean sent = turn.send() && problem.isEmpty();
    boolean isOver = turn.next().isEmpty() && problem.isEmpty();
    return database.statement(dsl ->
        dsl.update(SCHEDULED_MESSAGE)
            .set(SCHEDULED_MESSAGE.NEXT_AT, turn.next().orElse(message.nextAt()))
            .set(SCHEDULED_MESSAGE.ENDED_AT, turn.next().isPresent() ? null : now)
            .setNull(SCHEDULED_MESSAGE.CLAIMED_UNTIL)
            .set(SCHEDULED_MESSAGE.FIRED_COUNT, SCHEDULED_MESSAGE.FIRED_COUNT.plus(sent ? 1 : 0))
            .set(
                SCHEDULED_MESSAGE.LAST_FIRED_AT,
                sent ? DSL.val(now) : SCHEDULED_MESSAGE.LAST_FIRED_AT)
            .set(SCHEDULED_MESSAGE.MISSED, SCHEDULED_MESSAGE.MISSED.plus(turn.missed()))
            .set(SCHEDULED_MESSAGE.PROBLEM, problem.orElse(null))
            .set(
                SCHEDULED_MESSAGE.CIPHERTEXT,
                isOver ? DSL.inline("") : SCHEDULED_MESSAGE.CIPHERTEXT)
            .set(
                SCHEDULED_MESSAGE.OWN_COPY,
                isOver ? DSL.castNull(SCHEDULED_MESSAGE.OWN_COPY) : SCHEDULED_MESSAGE.OWN_COPY)
            .where(is(message))
            .execute())
        == 1;
  }

  private static Condition is(ScheduledMessage message) {
    return SCHEDULED_MESSAGE
        .ID
        .eq(message.id())
        .and(SCHEDULED_MESSAGE.NEXT_AT.eq(message.nextAt()))
        .and(WAITS);
  }

  /// Forgets what ended well before a time, and what ended badly before another.
  void prune(Instant before, Instant badlyBefore) {
    database.statement(dsl ->
        dsl.deleteFrom(SCHEDULED_MESSAGE)
            .where(SCHEDULED_MESSAGE.ENDED_AT.lt(before))
            .and(SCHEDULED_MESSAGE.PROBLEM.isNull().or(SCHEDULED_MESSAGE.ENDED_AT.lt(badlyBefore)))
            .execute());
  }

  private static ScheduledMessageRecord row(ScheduledMessage message) {
    ScheduledMessageRecord row = new ScheduledMessageRecord();
    Send send = message.send();
    row.setId(message.id());
    row.setMeshId(message.meshId());
    row.setMemberId(message.memberId());
    row.setSenderAddress(message.sender().hex());
    row.setTargetSpec(send.targetSpec());
    row.setPriority(stored(send.priority()));
    row.setEnc(send.enc().map(ScheduleStore::stored).orElse(null));
    row.setEpoch(send.epoch().orElse(null));
    row.setNonce(send.nonce());
    row.setCiphertext(send.ciphertext());
    row.setOwnCopy(message.ownCopy().orElse(null));
    row.setCron(message.cron().orElse(null));
    row.setTimezone(message.timezone());
    row.setClientMessageId(message.requestId().orElse(null));
    row.setCreatedAt(message.createdAt());
    row.setNextAt(message.nextAt());
    row.setFiredCount(0);
    row.setMissed(0);
    return row;
  }

  private static ScheduledMessage message(ScheduledMessageRecord row) {
    return new ScheduledMessage(
        row.getId(),
        row.getMeshId(),
        row.getMemberId(),
        new PublicKey(row.getSenderAddress()),
        ScheduleRules.send(
            row.getTargetSpec(),
            Priority.valueOf(row.getPriority().toUpperCase(Locale.ROOT)),
            Optional.ofNullable(row.getEnc())
                .map(enc -> Encryption.valueOf(enc.toUpperCase(Locale.ROOT))),
            Optional.ofNullable(row.getEpoch()),
            row.getNonce(),
            row.getCiphertext()),
        Optional.ofNullable(row.getOwnCopy()),
        Optional.ofNullable(row.getCron()),
        row.getTimezone(),
        Optional.ofNullable(row.getClientMessageId()),
        row.getCreatedAt(),
        row.getNextAt(),
        row.getFiredCount(),
        Optional.ofNullable(row.getLastFiredAt()),
        row.getMissed(),
        Optional.ofNullable(row.getProblem()),
        row.getEndedAt() != null);
  }

  private static String stored(Enum<?> word) {
    return word.name().toLowerCase(Locale.ROOT);
  }
}
