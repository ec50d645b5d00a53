package dev.claudemesh.broker.streams;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static dev.claudemesh.db.jooq.Tables.STREAM;
import static dev.claudemesh.db.jooq.Tables.STREAM_SUBSCRIPTION;

import dev.claudemesh.broker.streams.Subscriptions.Topic;
import dev.claudemesh.db.Database;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/// Rows of `stream` and `stream_subscription`.
final class StreamStore {
  private final Database database;

  StreamStore(Database database) {
    this.database = database;
  }

  record StreamRow(
      String id, String name, String createdBy, String createdByName, Instant createdAt) {}

  record SubscriptionRow(Topic topic, String address, String memberId) {}

  /// Announces a stream, unless it is.
  ///
  /// @param id for a new one
  /// @return its id; empty if it is new and the mesh has as many as it may
  Optional<String> create(String meshId, String name, String id, String by, Instant now, int most) {
    return database.transaction(dsl ->
        find(dsl, meshId, name)
            .or(() -> insert(dsl, meshId, name, id, by, now, most))
            .or(() -> find(dsl, meshId, name)));
  }

  private static Optional<String> find(DSLContext dsl, String meshId, String name) {
    return dsl.select(STREAM.ID)
        .from(STREAM)
        .where(STREAM.MESH_ID.eq(meshId).and(STREAM.NAME.eq(name)))
        .fetchOptional(STREAM.ID);
  }

  private static Optional<String> insert(
      DSLContext dsl, String meshId, String name, String id, String by, Instant now, int most) {
    return dsl.insertInto(
            STREAM, STREAM.ID, STREAM.MESH_ID, STREAM.NAME, STREAM.CREATED_BY, STREAM.CREATED_AT)
        .select(
            DSL.select(
                    DSL.val(id),
                    DSL.val(meshId),
                    DSL.val(name),
                    DSL.val(by),
                    DSL.val(now, STREAM.CREATED_AT))
                .where(
                    DSL.selectCount()
                        .from(STREAM)
                        .where(STREAM.MESH_ID.eq(meshId))
                        .asField()
                        .lt(DSL.val(most))))
        .onConflictDoNothing()
        .returning(STREAM.ID)
        .fetchOptional(STREAM.ID);
  }

  /// Takes a stream off the list.
  ///
  /// @param creator only if this member announced it; anybody's if empty
  boolean delete(String meshId, String name, Optional<String> creator) {
    return database.statement(dsl ->
        dsl.deleteFrom(STREAM)
            .where(STREAM.MESH_ID.eq(meshId).and(STREAM.NAME.eq(name)))
            .and(creator.<Condition>map(STREAM.CREATED_BY::eq).orElseGet(DSL::noCondition))
            .execute())
        == 1;
  }

  boolean exists(String meshId, String name) {
    return find(database.dsl(), meshId, name).isPresent();
  }

  List<StreamRow> list(String meshId) {
    return database
        .dsl()
        .select(STREAM.ID, STREAM.NAME, STREAM.CREATED_BY, MEMBER.DISPLAY_NAME, STREAM.CREATED_AT)
        .from(STREAM)
        .join(MEMBER)
        .on(MEMBER.ID.eq(STREAM.CREATED_BY))
        .where(STREAM.MESH_ID.eq(meshId))
        .orderBy(STREAM.NAME)
        .fetch(row ->
            new StreamRow(row.value1(), row.value2(), row.value3(), row.value4(), row.value5()));
  }

  void subscribe(SubscriptionRow row, Instant now) {
    database.statement(dsl ->
        dsl.insertInto(STREAM_SUBSCRIPTION)
            .set(STREAM_SUBSCRIPTION.MESH_ID, row.topic().meshId())
            .set(STREAM_SUBSCRIPTION.ADDRESS, row.address())
            .set(STREAM_SUBSCRIPTION.STREAM, row.topic().stream())
            .set(STREAM_SUBSCRIPTION.MEMBER_ID, row.memberId())
            .set(STREAM_SUBSCRIPTION.SEEN_AT, now)
            .onConflict(
                STREAM_SUBSCRIPTION.MESH_ID,
                STREAM_SUBSCRIPTION.ADDRESS,
                STREAM_SUBSCRIPTION.STREAM)
            .doUpdate()
            .set(STREAM_SUBSCRIPTION.MEMBER_ID, row.memberId())
            .set(STREAM_SUBSCRIPTION.SEEN_AT, now)
            .execute());
  }

  void unsubscribe(Topic topic, String address) {
    database.statement(dsl ->
        dsl.deleteFrom(STREAM_SUBSCRIPTION)
            .where(STREAM_SUBSCRIPTION.MESH_ID.eq(topic.meshId()))
            .and(STREAM_SUBSCRIPTION.ADDRESS.eq(address))
            .and(STREAM_SUBSCRIPTION.STREAM.eq(topic.stream()))
            .execute());
  }

  void removeMember(String meshId, String memberId) {
    database.statement(dsl ->
        dsl.deleteFrom(STREAM_SUBSCRIPTION)
            .where(STREAM_SUBSCRIPTION.MESH_ID.eq(meshId))
            .and(STREAM_SUBSCRIPTION.MEMBER_ID.eq(memberId))
            .execute());
  }

  /// All subscriptions of meshes that are not archived.
  List<SubscriptionRow> subscriptions() {
    return database
        .dsl()
        .selectFrom(STREAM_SUBSCRIPTION)
        .where(
            STREAM_SUBSCRIPTION.MESH_ID.in(
                DSL.select(MESH.ID).from(MESH).where(MESH.ARCHIVED_AT.isNull())))
        .fetch(row ->
            subscription(row.getMeshId(), row.getAddress(), row.getStream(), row.getMemberId()));
  }

  /// Notes that sessions are here.
  void touch(Collection<String> addresses, Instant now) {
    database.statement(dsl ->
        dsl.update(STREAM_SUBSCRIPTION)
            .set(STREAM_SUBSCRIPTION.SEEN_AT, now)
            .where(STREAM_SUBSCRIPTION.ADDRESS.eq(DSL.any(addresses.toArray(String[]::new))))
            .execute());
  }

  /// Ends subscriptions of sessions that were last here before a time.
  List<SubscriptionRow> prune(Instant before) {
    return database.statement(dsl ->
        dsl.deleteFrom(STREAM_SUBSCRIPTION)
            .where(STREAM_SUBSCRIPTION.SEEN_AT.lt(before))
            .returning()
            .fetch(row ->
                subscription(
                    row.getMeshId(), row.getAddress(), row.getStream(), row.getMemberId())));
  }

  private static SubscriptionRow subscription(
      String meshId, String address, String stream, String memberId) {
    return new SubscriptionRow(new Topic(meshId, stream), address, memberId);
  }
}
