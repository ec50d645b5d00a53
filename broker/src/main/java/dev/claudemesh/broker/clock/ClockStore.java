package dev.claudemesh.broker.clock;

import static dev.claudemesh.db.jooq.Tables.CLOCK;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;

import dev.claudemesh.db.Database;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.impl.DSL;

/// Rows of `clock`.
final class ClockStore {
  private final Database database;

  ClockStore(Database database) {
    this.database = database;
  }

  Optional<ClockRow> find(String meshId) {
    return select(CLOCK.MESH_ID.eq(meshId)).stream().findFirst();
  }

  /// The clocks of some meshes.
  List<ClockRow> find(Collection<String> meshIds) {
    return meshIds.isEmpty() ? List.of() : select(CLOCK.MESH_ID.in(meshIds));
  }

  private List<ClockRow> select(Condition which) {
    return database
        .dsl()
        .select(CLOCK.fields())
        .select(MEMBER.DISPLAY_NAME)
        .from(CLOCK)
        .leftJoin(MEMBER)
        .on(MEMBER.ID.eq(CLOCK.CHANGED_BY))
        .where(which)
        .fetch(ClockStore::row);
  }

  /// Stores a mesh's first clock.
  ///
  /// @return false if it has one already
  boolean insert(ClockRow clock) {
    return database.statement(dsl ->
        dsl.insertInto(CLOCK)
            .set(CLOCK.MESH_ID, clock.meshId())
            .set(CLOCK.SPEED, clock.speed())
            .set(CLOCK.PAUSED, clock.paused())
            .set(CLOCK.ANCHOR_TICK, clock.anchorTick())
            .set(CLOCK.ANCHOR_AT, clock.anchorAt())
            .set(CLOCK.STARTED_AT, clock.startedAt())
            .set(CLOCK.SEEN_AT, clock.seenAt())
            .set(CLOCK.CHANGED_BY, clock.changedBy().orElse(null))
            .onConflictDoNothing()
            .execute())
        == 1;
  }

  /// Changes a clock that nobody else changed meanwhile.
  ///
  /// @return false if somebody did
  boolean replace(ClockRow before, ClockRow after) {
    return replace(before, after, DSL.noCondition());
  }

  /// The same if no session is in the mesh, at whichever broker.
  boolean replaceIfEmpty(ClockRow before, ClockRow after) {
    return replace(
        before,
        after,
        DSL.notExists(
            DSL.selectOne()
                .from(PRESENCE)
                .where(PRESENCE.MESH_ID.eq(before.meshId()))
                .and(PRESENCE.DISCONNECTED_AT.isNull())));
  }

  private boolean replace(ClockRow before, ClockRow after, Condition only) {
    return database.statement(dsl ->
        dsl.update(CLOCK)
            .set(CLOCK.SPEED, after.speed())
            .set(CLOCK.PAUSED, after.paused())
            .set(CLOCK.ANCHOR_TICK, after.anchorTick())
            .set(CLOCK.ANCHOR_AT, after.anchorAt())
            .set(CLOCK.SEEN_AT, after.seenAt())
            .set(CLOCK.CHANGED_BY, after.changedBy().orElse(null))
            .where(CLOCK.MESH_ID.eq(before.meshId()))
            .and(CLOCK.ANCHOR_AT.eq(before.anchorAt()))
            .and(CLOCK.ANCHOR_TICK.eq(before.anchorTick()))
            .and(CLOCK.SPEED.eq(before.speed()))
            .and(CLOCK.PAUSED.eq(before.paused()))
            .and(only)
            .execute())
        == 1;
  }

  /// Notes that somebody is there, where that was noted recently enough.
  ///
  /// @param since clocks that nobody was seen at before stay as they are: they have stopped
  void seen(Collection<String> meshIds, Instant since, Instant now) {
    if (!meshIds.isEmpty()) {
      database.statement(dsl ->
          dsl.update(CLOCK)
              .set(CLOCK.SEEN_AT, DSL.greatest(CLOCK.SEEN_AT, DSL.val(now, CLOCK.SEEN_AT)))
              .where(CLOCK.MESH_ID.in(meshIds))
              .and(DSL.not(CLOCK.PAUSED))
              .and(CLOCK.SEEN_AT.ge(since))
              .execute());
    }
  }

  private static ClockRow row(Record row) {
    return new ClockRow(
        row.get(CLOCK.MESH_ID),
        row.get(CLOCK.SPEED),
        row.get(CLOCK.PAUSED),
        row.get(CLOCK.ANCHOR_TICK),
        row.get(CLOCK.ANCHOR_AT),
        row.get(CLOCK.STARTED_AT),
        row.get(CLOCK.SEEN_AT),
        Optional.ofNullable(row.get(CLOCK.CHANGED_BY)),
        Optional.ofNullable(row.get(MEMBER.DISPLAY_NAME)));
  }
}
