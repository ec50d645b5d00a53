package dev.claudemesh.broker.state;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.STATE;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.GrantStore;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Owner;
import dev.claudemesh.db.BoundedRead;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.FixedQuery;
import dev.claudemesh.db.jooq.Sequences;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.state.StateReply.Entry;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.SelectOnConditionStep;
import org.jooq.impl.DSL;

/// Rows of `state`.
final class StateStore {
  private static final Field<Long> NEXT_VERSION = Sequences.STATE_VERSION.nextval();

  private static final dev.claudemesh.db.jooq.tables.Member PROTECTING = MEMBER.as("protecting");
  private static final Field<String> PROTECTOR =
      DSL.select(PROTECTING.DISPLAY_NAME)
          .from(PROTECTING)
          .where(PROTECTING.ID.eq(STATE.PROTECTED_BY))
          .asField("protector");

  private static final FixedQuery FIND =
      FixedQuery.of(
          entries(DSL.using(SQLDialect.POSTGRES))
              .where(STATE.MESH_ID.eq(GrantStore.Visitor.NAMED.meshId()))
              .and(STATE.KEY.eq(DSL.param("key", String.class)))
              .and(GrantStore.granted(GrantStore.Visitor.NAMED, Grant.STATE_READ)));

  private final Database database;

  StateStore(Database database) {
    this.database = database;
  }

  /// A value to be stored.
  ///
  /// @param epoch of the mesh key it is encrypted under
  /// @param guarded whether it is protected from now on; empty to leave that as it is
  record Change(
      Member by,
      String key,
      String value,
      Optional<Integer> epoch,
      Optional<Boolean> guarded,
      Instant at) {
    String meshId() {
      return by.meshId();
    }
  }

  /// Sets a value whatever it was.
  ///
  /// @param mostKeys of a mesh
  /// @return its version; empty if it is protected from the member, or the key is new and the mesh
  ///   has as many as it may
  Optional<Long> set(Change change, int mostKeys) {
    return database.transaction(dsl ->
        replace(dsl, change, DSL.noCondition()).or(() -> insert(dsl, change, mostKeys, true)));
  }

  /// Sets a value that must be there in a version.
  ///
  /// @return its new version; empty if it is not there in that version, or protected
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
        .set(STATE.PROTECTED_BY, protector(change))
        .set(STATE.UPDATED_BY, change.by().id())
        .set(STATE.UPDATED_AT, change.at())
        .where(is(change.meshId(), change.key()))
        .and(mayChange(change))
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
                STATE.PROTECTED_BY,
                STATE.UPDATED_BY,
                STATE.UPDATED_AT)
            .select(
                DSL.select(
                        DSL.val(change.meshId()),
                        DSL.val(change.key()),
                        DSL.val(JSONB.valueOf(change.value())),
                        NEXT_VERSION,
                        DSL.val(change.epoch().orElse(null), STATE.EPOCH),
                        DSL.val(
                            change.guarded().orElse(false) ? change.by().id() : null,
                            STATE.PROTECTED_BY),
                        DSL.val(change.by().id()),
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
                .set(STATE.PROTECTED_BY, protector(change))
                .set(STATE.UPDATED_BY, DSL.excluded(STATE.UPDATED_BY))
                .set(STATE.UPDATED_AT, DSL.excluded(STATE.UPDATED_AT))
                .where(mayChange(change))
            : insert.doNothing())
        .returning(STATE.VERSION)
        .fetchOptional(STATE.VERSION);
  }

  /// Who protected a value is named, and anyone who may change it passes.
  private static Field<String> protector(Change change) {
    return change
        .guarded()
        .map(guarded ->
            guarded
                ? DSL.coalesce(STATE.PROTECTED_BY, DSL.val(change.by().id()))
                : DSL.castNull(STATE.PROTECTED_BY))
        .orElse(STATE.PROTECTED_BY);
  }

  /// Only who protected a value, and admins, end that.
  private static Condition mayChange(Change change) {
    Member by = change.by();
    boolean ends = change.guarded().filter(guarded -> !guarded).isPresent();
    return ends && !by.admin()
        ? STATE.PROTECTED_BY.isNull().or(STATE.PROTECTED_BY.eq(by.id()))
        : mayChange(by);
  }

  private static Condition mayChange(Member member) {
    return member.admin()
        ? DSL.noCondition()
        : GrantStore.granted(STATE.PROTECTED_BY, member, Grant.STATE_WRITE);
  }

  /// Name of who protected a key, if it is protected.
  Optional<String> protector(String meshId, String key) {
    return database
        .dsl()
        .select(PROTECTOR)
        .from(STATE)
        .where(is(meshId, key))
        .fetchOptional(PROTECTOR);
  }

  /// The version of a key that the member may read.
  Optional<Long> version(Member reader, String key) {
    return database
        .dsl()
        .select(STATE.VERSION)
        .from(STATE)
        .where(is(reader.meshId(), key).and(readable(reader)))
        .fetchOptional(STATE.VERSION);
  }

  Optional<Entry> find(Member reader, String key) {
    Map<String, String> values = new HashMap<>(GrantStore.Visitor.values(reader));
    values.put("key", key);
    return database.statement(dsl -> FIND.first(dsl, values).map(StateStore::entry));
  }

  /// How many keys the member may read.
  int count(Member reader) {
    return database
        .dsl()
        .fetchCount(STATE, STATE.MESH_ID.eq(reader.meshId()).and(readable(reader)));
  }

  private static Condition readable(Member reader) {
    return GrantStore.granted(STATE.UPDATED_BY, reader, Grant.STATE_READ);
  }

  /// Entries by key. Values can be long, so they are read few at a time, and no further than they
  /// are wanted.
  ///
  /// @param after only keys behind it
  /// @param most characters; the entry that goes beyond it is the last, but never the only one
  List<Entry> list(Member reader, String prefix, Optional<String> after, int limit, int most) {
    return database.transaction(dsl ->
        BoundedRead.of(
            entries(dsl)
                .where(STATE.MESH_ID.eq(reader.meshId()).and(readable(reader)))
                .and(STATE.KEY.startsWith(prefix))
                .and(after.<Condition>map(STATE.KEY::gt).orElseGet(DSL::noCondition))
                .orderBy(STATE.KEY)
                .limit(limit),
            StateStore::entry,
            StateRules::size,
            most));
  }

  /// A key that was removed.
  ///
  /// @param version of the removal
  /// @param owner whose value it was
  record Deleted(long version, Owner owner) {}

  /// Removes a key.
  ///
  /// @return empty if it is not there in that version, or protected
  Optional<Deleted> delete(Member by, String key, Optional<Long> version) {
    return database.statement(dsl ->
        dsl.deleteFrom(STATE)
            .where(is(by.meshId(), key))
            .and(mayChange(by))
            .and(version.<Condition>map(STATE.VERSION::eq).orElseGet(DSL::noCondition))
            .returningResult(NEXT_VERSION, GrantStore.owner(STATE.UPDATED_BY))
            .fetchOptional(row -> new Deleted(row.value1(), row.value2())));
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
            MEMBER.PEER_PUBKEY,
            PROTECTOR)
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
        epoch,
        Optional.ofNullable(row.get(PROTECTOR)));
  }
}
