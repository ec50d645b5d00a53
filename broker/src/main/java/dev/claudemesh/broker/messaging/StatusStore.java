package dev.claudemesh.broker.messaging;

import static dev.claudemesh.db.jooq.Tables.DELIVERY;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESSAGE;

import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.impl.DSL;

/// Reads what became of messages. Writes nothing.
final class StatusStore {
  private final Database database;

  StatusStore(Database database) {
    this.database = database;
  }

  /// A message as far as its status is concerned.
  record Sent(String id, String targetSpec, Priority priority) {}

  /// One copy as the table has it.
  record Stored(
      String key,
      String memberId,
      String memberKey,
      String name,
      DeliveryStatus state,
      Optional<String> reason,
      Optional<Instant> deliveredAt,
      Optional<Instant> seenAt) {

    Stored with(DeliveryStatus other) {
      return new Stored(key, memberId, memberKey, name, other, reason, deliveredAt, seenAt);
    }
  }

  /// Messages whose id is or begins with a text, and that a member sent or is a recipient of; at
  /// most two.
  List<Sent> find(String meshId, String memberId, String prefix) {
    Condition concerned =
        MESSAGE
            .SENDER_MEMBER_ID
            .eq(memberId)
            .or(
                DSL.exists(
                    DSL.selectOne()
                        .from(DELIVERY)
                        .where(
                            DELIVERY
                                .MESSAGE_ID
                                .eq(MESSAGE.ID)
                                .and(DELIVERY.RECIPIENT_MEMBER_ID.eq(memberId)))));
    return database
        .dsl()
        .select(MESSAGE.ID, MESSAGE.TARGET_SPEC, MESSAGE.PRIORITY)
        .from(MESSAGE)
        .where(MESSAGE.ID.ge(prefix).and(MESSAGE.ID.lt(prefix + '~')))
        .and(MESSAGE.MESH_ID.eq(meshId))
        .and(concerned)
        .limit(2)
        .fetch(row -> new Sent(row.value1(), row.value2(), MessageStore.priority(row.value3())));
  }

  /// The copies of a message, those that are not there yet first.
  List<Stored> copies(String messageId, int limit) {
    return database
        .dsl()
        .select(
            DELIVERY.RECIPIENT_KEY,
            DELIVERY.RECIPIENT_MEMBER_ID,
            MEMBER.PEER_PUBKEY,
            MEMBER.DISPLAY_NAME,
            DELIVERY.STATUS,
            DELIVERY.REASON,
            DELIVERY.DELIVERED_AT,
            DELIVERY.SEEN_AT)
        .from(DELIVERY)
        .join(MEMBER)
        .on(MEMBER.ID.eq(DELIVERY.RECIPIENT_MEMBER_ID))
        .where(DELIVERY.MESSAGE_ID.eq(messageId))
        .orderBy(
            DSL.field(DELIVERY.STATUS.in("delivered", "seen")),
            MEMBER.DISPLAY_NAME,
            DELIVERY.RECIPIENT_KEY)
        .limit(limit)
        .fetch(StatusStore::stored);
  }

  private static Stored stored(Record row) {
    return new Stored(
        row.get(DELIVERY.RECIPIENT_KEY),
        row.get(DELIVERY.RECIPIENT_MEMBER_ID),
        row.get(MEMBER.PEER_PUBKEY),
        row.get(MEMBER.DISPLAY_NAME),
        MessageStore.state(row.get(DELIVERY.STATUS)),
        Optional.ofNullable(row.get(DELIVERY.REASON)),
        Optional.ofNullable(row.get(DELIVERY.DELIVERED_AT)),
        Optional.ofNullable(row.get(DELIVERY.SEEN_AT)));
  }
}
