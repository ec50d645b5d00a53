package dev.claudemesh.broker.state;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.STATE;

import dev.claudemesh.db.Database;
import dev.claudemesh.db.jooq.Sequences;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.state.StateReply.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.SelectOnConditionStep;
import org.jooq.impl.DSL;

/// Rows of `state`.
final class StateStore {
  private static final Field<Long> NEXT_VERSION = Sequences.STATE_VERSION.nextval();

  private final Database database;

  StateStore(Database database) {
    this.database = database;
  }

  /// A value to be stored.
  ///
  /// @param epoch of the mesh key it is encrypted under
  /// @param by id of the member
  record Change(
      String meshId, String key, String value, Optional<Integer> epoch, String by, Instant at) {}

  /// Sets a value whatever it was.
  ///
  /// @param mostKeys of a mesh
  /// @return its version; empty if the key is new and the mesh has as many as it may
  Optional<Long> set(Change change, int mostKeys) {
    return database.transaction(dsl ->
        replace(dsl, change, DSL.noCondition()).or(() -> insert(dsl, change, mostKeys, true)));
  }

  /// Sets a value that must be there in a version.
  ///
  /// @return its new version; empty if it is not there in that version
  Optional<Long> replace(Change change, long version) {
    return database.statement(dsl -> replace(dsl, change, STATE.VERSION.eq(version)));
  }

  /// Sets a value that must not be there.
  ///
  /// @return its version; empty if it is there, or the mesh has as many keys as it may
  Optional<Long> insert(Change change, int mostKeys) {
    return database.statement(dsl -> insert(dsl, change, mostKeys, false));
  }

  private static Optional<Long> replace(DSLContext dsl, Change change, Condition only) {
    return dsl.update(STATE)
        .set(STATE.VALUE, JSONB.valueOf(change.value()))
        .set(STATE.VERSION, NEXT_VERSION)
        .set(STATE.EPOCH, change.epoch().orElse(null))
        .set(STATE.UPDATED_BY, change.by())
        .set(STATE.UPDATED_AT, change.at())
        .where(is(change.meshId(), change.key()))
        .and(only)
        .returning(STATE.VERSION)
        .fetchOptional(STATE.VERSION);
  }

  /// @param over whether a value that somebody else inserts meanwhile is replaced
  private static Optional<Long> insert(DSLContext dsl, Change change, int mostKeys, boolean over) {
    var insert =
        dsl.insertInto(
                STATE,
                STATE.MESH_ID,
                STATE.KEY,
                STATE.VALUE,
                STATE.VERSION,
                STATE.EPOCH,
                STATE.UPDATED_BY,
                STATE.UPDATED_AT)
            .select(
                DSL.select(
                        DSL.val(change.meshId()),
                        DSL.val(change.key()),
                        DSL.val(JSONB.valueOf(change.value())),
                        NEXT_VERSION,
                        DSL.val(change.epoch().orElse(null), STATE.EPOCH),
                        DSL.val(change.by()),
                        DSL.val(change.at(), STATE.UPDATED_AT))
                    .where(
                        DSL.selectCount()
                            .from(STATE)
                            .where(STATE.MESH_ID.eq(change.meshId()))
                            .asField()
                            .lt(DSL.val(mostKeys))))
            .onConflict(STATE.MESH_ID, STATE.KEY);
    return (over
            ? insert
                .doUpdate()
                .set(STATE.VALUE, DSL.excluded(STATE.VALUE))
                .set(STATE.VERSION, DSL.excluded(STATE.VERSION))
                .set(STATE.EPOCH, DSL.excluded(STATE.EPOCH))
                .set(STATE.UPDATED_BY, DSL.excluded(STATE.UPDATED_BY))
                .set(STATE.UPDATED_AT, DSL.excluded(STATE.UPDATED_AT))
            : insert.doNothing())
        .returning(STATE.VERSION)
        .fetchOptional(STATE.VERSION);
  }

  Optional<Long> version(String meshId, String key) {
    return database
        .dsl()
        .select(STATE.VERSION)
        .from(STATE)
        .where(is(meshId, key))
        .fetchOptional(STATE.VERSION);
  }

  Optional<Entry> find(String meshId, String key) {
    return entries(database.dsl()).where(is(meshId, key)).fetchOptional(StateStore::entry);
  }

  /// Entries by key.
  ///
  /// @param after only keys behind it
  List<Entry> list(String meshId, String prefix, Optional<String> after, int limit) {
    return entries(database.dsl())
        .where(STATE.MESH_ID.eq(meshId))
        .and(STATE.KEY.startsWith(prefix))
        .and(after.<Condition>map(STATE.KEY::gt).orElseGet(DSL::noCondition))
        .orderBy(STATE.KEY)
        .limit(limit)
        .fetch(StateStore::entry);
  }

  /// Removes a key.
  ///
  /// @return the version of the removal; empty if it is not there in that version
  Optional<Long> delete(String meshId, String key, Optional<Long> version) {
    return database.statement(dsl ->
        dsl.deleteFrom(STATE)
            .where(is(meshId, key))
            .and(version.<Condition>map(STATE.VERSION::eq).orElseGet(DSL::noCondition))
            .returningResult(NEXT_VERSION)
            .fetchOptional(row -> row.value1()));
  }

  private static Condition is(String meshId, String key) {
    return STATE.MESH_ID.eq(meshId).and(STATE.KEY.eq(key));
  }

  private static SelectOnConditionStep<?> entries(DSLContext dsl) {
    return dsl.select(
            STATE.KEY,
            STATE.VALUE,
            STATE.UPDATED_AT,
            STATE.VERSION,
            STATE.EPOCH,
            MEMBER.DISPLAY_NAME,
            MEMBER.PEER_PUBKEY)
        .from(STATE)
        .join(MEMBER)
        .on(MEMBER.ID.eq(STATE.UPDATED_BY));
  }

  private static Entry entry(Record row) {
    Optional<Integer> epoch = Optional.ofNullable(row.get(STATE.EPOCH));
    return new Entry(
        row.get(STATE.KEY),
        Wire.mapper().readTree(row.get(STATE.VALUE).data()),
        row.get(MEMBER.DISPLAY_NAME),
        row.get(STATE.UPDATED_AT),
        Optional.of(row.get(STATE.VERSION)),
        Optional.of(row.get(MEMBER.PEER_PUBKEY)),
        epoch.map(encrypted -> true),
        epoch);
  }
}
