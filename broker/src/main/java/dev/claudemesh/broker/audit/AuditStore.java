package dev.claudemesh.broker.audit;

import static dev.claudemesh.db.jooq.Tables.AUDIT_HEAD;
import static dev.claudemesh.db.jooq.Tables.AUDIT_LOG;
import static dev.claudemesh.db.jooq.Tables.MEMBER;

import dev.claudemesh.db.Database;
import dev.claudemesh.db.PlainStatement;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.audit.AuditChain;
import dev.claudemesh.protocol.audit.AuditChain.Link;
import dev.claudemesh.protocol.audit.AuditReply;
import java.io.Serial;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.SQLStateClass;
import org.jooq.impl.DSL;

/// Rows of `audit_log` and `audit_head`.
final class AuditStore {
  /// Entries read at once while a chain is walked: some megabytes, whatever its length.
  private static final int WALKED_AT_ONCE = 5_000;

  /// Adds a stretch if the chain still ends where it was thought to end, and tells whether it did.
  private static final String APPEND =
      """
      with moved as (
        update mesh.audit_head set seq = ?, hash = ?
        where mesh_id = ? and seq = ? and hash = ?
        returning mesh_id),
      added as (
        insert into mesh.audit_log
          (mesh_id, seq, event_type, actor_member_id, actor_name, payload, hash, created_at)
        select m.mesh_id, r.seq, r.event_type, r.actor, r.name, r.payload, r.hash,
          timestamptz 'epoch' + r.millis * interval '1 millisecond'
        from moved m, unnest(?::int8[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
          ?::int8[]) as r(seq, event_type, actor, name, payload, hash, millis)
        returning 1)
      select count(*) from added\
      """;

  private static final String WALK =
      """
      select seq, event_type, actor_member_id, payload, hash,
        (date_part('epoch', created_at) * 1000)::int8
      from mesh.audit_log where mesh_id = ? and seq > ? order by seq limit ?\
      """;

  private final Database database;

  /// Where a chain ends.
  record Head(long seq, String hash) {
    static final Head NONE = new Head(0, AuditChain.GENESIS);
  }

  /// What is added to one chain.
  ///
  /// @param before where it must end for this to be added
  /// @param hashes one an entry
  record Stretch(
      String meshId, Head before, Head after, List<Happened> entries, List<String> hashes) {}

  /// Which entries are wanted.
  record Filter(
      Optional<String> eventType,
      Optional<String> actor,
      Optional<Instant> since,
      Optional<Instant> until,
      Optional<Long> below) {
    boolean isEmpty() {
      return eventType.isEmpty()
          && actor.isEmpty()
          && since.isEmpty()
          && until.isEmpty()
          && below.isEmpty();
    }
  }

  /// Takes one entry of a walk.
  interface Walker {
    /// @return whether to go on
    boolean take(Link link, String hash);
  }

  /// What is in the table forbids what was to be added, however often it is tried: somebody else
  /// wrote there.
  static final class RefusedException extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    private RefusedException(Throwable why) {
      super("The audit's table holds what its chain does not know", why);
    }
  }

  AuditStore(Database database) {
    this.database = database;
  }

  /// Where the chain of a mesh ends; a new one is begun.
  Head head(String meshId) {
    return findHead(meshId)
        .orElseGet(() -> {
          database
              .dsl()
              .insertInto(AUDIT_HEAD)
              .set(AUDIT_HEAD.MESH_ID, meshId)
              .set(AUDIT_HEAD.SEQ, Head.NONE.seq())
              .set(AUDIT_HEAD.HASH, Head.NONE.hash())
              .onConflictDoNothing()
              .execute();
          return findHead(meshId).orElse(Head.NONE);
        });
  }

  /// Where the chain of a mesh ends, if it has begun.
  Optional<Head> findHead(String meshId) {
    return database
        .dsl()
        .select(AUDIT_HEAD.SEQ, AUDIT_HEAD.HASH)
        .from(AUDIT_HEAD)
        .where(AUDIT_HEAD.MESH_ID.eq(meshId))
        .fetchOptional(row -> new Head(row.value1(), row.value2()));
  }

  /// Adds to chains, each if it still ends where it was thought to. One statement for one mesh, one
  /// transaction for several.
  ///
  /// @return the meshes whose stretch was added
  /// @throws RefusedException if one of them never can be
  Set<String> append(List<Stretch> stretches) {
    try {
      return stretches.size() == 1
          ? database.statement(dsl -> append(dsl, stretches))
          : database.transaction(dsl -> append(dsl, stretches));
    } catch (DataAccessException e) {
      throw e.sqlStateClass() == SQLStateClass.C23_INTEGRITY_CONSTRAINT_VIOLATION
          ? new RefusedException(e)
          : e;
    }
  }

  private static Set<String> append(DSLContext dsl, List<Stretch> stretches) {
    Set<String> added = new HashSet<>();
    for (Stretch stretch : stretches) {
      if (append(dsl, stretch) == stretch.entries().size()) {
        added.add(stretch.meshId());
      }
    }
    return added;
  }

  private static int append(DSLContext dsl, Stretch stretch) {
    List<Happened> entries = stretch.entries();
    int count = entries.size();
    Long[] seqs = new Long[count];
    Long[] millis = new Long[count];
    String[] events = new String[count];
    String[] actors = new String[count];
    String[] names = new String[count];
    String[] payloads = new String[count];
    for (int i = 0; i < count; i++) {
      Happened entry = entries.get(i);
      seqs[i] = stretch.before().seq() + 1 + i;
      millis[i] = entry.at().toEpochMilli();
      events[i] = entry.eventType();
      actors[i] = entry.memberId().orElse(null);
      names[i] = entry.memberName().orElse(null);
      payloads[i] = entry.payload();
    }
    return PlainStatement.query(
        dsl,
        APPEND,
        rows -> rows.next() ? rows.getInt(1) : 0,
        stretch.after().seq(),
        stretch.after().hash(),
        stretch.meshId(),
        stretch.before().seq(),
        stretch.before().hash(),
        seqs,
        events,
        actors,
        names,
        payloads,
        stretch.hashes().toArray(String[]::new),
        millis);
  }

  /// Entries, the newest first.
  List<AuditReply.Entry> find(String meshId, Filter filter, int limit, int offset) {
    return rows(condition(meshId, filter), false, limit, offset);
  }

  /// Entries after one, the oldest first.
  List<AuditReply.Entry> after(String meshId, long seq, int limit) {
    return rows(AUDIT_LOG.MESH_ID.eq(meshId).and(AUDIT_LOG.SEQ.gt(seq)), true, limit, 0);
  }

  /// Hash of one entry.
  Optional<String> hash(String meshId, long seq) {
    return database
        .dsl()
        .select(AUDIT_LOG.HASH)
        .from(AUDIT_LOG)
        .where(AUDIT_LOG.MESH_ID.eq(meshId).and(AUDIT_LOG.SEQ.eq(seq)))
        .fetchOptional(AUDIT_LOG.HASH);
  }

  /// The last entry before the first of a moment or later; 0 if there is none before it.
  long lastBefore(String meshId, Instant since) {
    Optional<Long> first =
        database
            .dsl()
            .select(AUDIT_LOG.SEQ)
            .from(AUDIT_LOG)
            .where(AUDIT_LOG.MESH_ID.eq(meshId).and(AUDIT_LOG.CREATED_AT.ge(since)))
            .orderBy(AUDIT_LOG.SEQ)
            .limit(1)
            .fetchOptional(AUDIT_LOG.SEQ);
    return first.map(seq -> seq - 1).orElseGet(() -> findHead(meshId).map(Head::seq).orElse(0L));
  }

  /// How many entries fit, counted up to a number.
  long count(String meshId, Filter filter, int upTo) {
    return database
        .dsl()
        .selectCount()
        .from(
            DSL.selectOne()
                .from(AUDIT_LOG)
                .where(condition(meshId, filter))
                .limit(upTo)
                .asTable("found"))
        .fetchSingle()
        .value1();
  }

  /// Goes through a chain from its beginning, some thousand entries at a time.
  void walk(String meshId, Walker walker) {
    long last = 0;
    boolean on = true;
    while (on) {
      long from = last;
      List<Row> rows =
          database.statement(dsl ->
              PlainStatement.query(dsl, WALK, AuditStore::rows, meshId, from, WALKED_AT_ONCE));
      for (Row row : rows) {
        on = on && walker.take(row.link(), row.hash());
        last = row.link().id();
      }
      on = on && rows.size() == WALKED_AT_ONCE;
    }
  }

  private record Row(Link link, String hash) {}

  private static List<Row> rows(ResultSet rows) throws SQLException {
    List<Row> all = new ArrayList<>(WALKED_AT_ONCE);
    while (rows.next()) {
      Link link =
          new Link(
              rows.getLong(1),
              rows.getString(2),
              Optional.ofNullable(rows.getString(3)),
              rows.getString(4),
              Instant.ofEpochMilli(rows.getLong(6)));
      all.add(new Row(link, rows.getString(5)));
    }
    return all;
  }

  private List<AuditReply.Entry> rows(Condition which, boolean oldestFirst, int limit, int offset) {
    return database
        .dsl()
        .selectFrom(AUDIT_LOG)
        .where(which)
        .orderBy(oldestFirst ? AUDIT_LOG.SEQ.asc() : AUDIT_LOG.SEQ.desc())
        .limit(limit)
        .offset(offset)
        .fetch(row ->
            new AuditReply.Entry(
                row.getSeq(),
                row.getEventType(),
                Optional.ofNullable(row.getActorName()),
                Wire.mapper().readTree(row.getPayload()),
                row.getHash(),
                row.getCreatedAt(),
                Optional.ofNullable(row.getActorMemberId())));
  }

  private static Condition condition(String meshId, Filter filter) {
    Condition all = AUDIT_LOG.MESH_ID.eq(meshId);
    return all.and(filter.eventType().map(AUDIT_LOG.EVENT_TYPE::eq).orElse(DSL.noCondition()))
        .and(filter.actor().map(actor -> by(meshId, actor)).orElse(DSL.noCondition()))
        .and(filter.since().map(AUDIT_LOG.CREATED_AT::ge).orElse(DSL.noCondition()))
        .and(filter.until().map(AUDIT_LOG.CREATED_AT::lt).orElse(DSL.noCondition()))
        .and(filter.below().map(AUDIT_LOG.SEQ::lt).orElse(DSL.noCondition()));
  }

  /// By member id or key, or by the name a member has now; those who were removed included.
  private static Condition by(String meshId, String actor) {
    return AUDIT_LOG.ACTOR_MEMBER_ID.in(
        DSL.select(MEMBER.ID)
            .from(MEMBER)
            .where(MEMBER.MESH_ID.eq(meshId))
            .and(
                MEMBER
                    .ID
                    .eq(actor)
                    .or(MEMBER.PEER_PUBKEY.eq(actor))
                    .or(DSL.lower(MEMBER.DISPLAY_NAME).eq(DSL.lower(actor)))));
  }
}
