package dev.claudemesh.broker.contexts;

import static dev.claudemesh.db.jooq.Tables.CONTEXT;
import static dev.claudemesh.db.jooq.Tables.MEMBER;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.GrantStore;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.db.BoundedRead;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.contexts.ContextReply.Context;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectLimitStep;
import org.jooq.impl.DSL;

/// Rows of `context`.
final class ContextStore {
  private static final Field<String[]> NONE = DSL.inline(new String[0]);

  private final Database database;

  ContextStore(Database database) {
    this.database = database;
  }

  /// What a session tells.
  ///
  /// @param id for the case that it is the first it tells
  /// @param session Claude Code's id of the session; empty if it was told outside of any
  record Told(
      String id,
      String meshId,
      String memberId,
      String session,
      Optional<String> sessionName,
      String summary,
      List<String> filesRead,
      List<String> keyFindings,
      List<String> tags,
      Instant at) {}

  /// Stores what a session tells, in place of what it told before.
  ///
  /// @param most contexts of one member; the oldest beyond it are removed
  /// @return its id
  String save(Told told, int most) {
    return database.transaction(dsl -> {
      String id =
          dsl.insertInto(CONTEXT)
              .set(CONTEXT.MESH_ID, told.meshId())
              .set(CONTEXT.MEMBER_ID, told.memberId())
              .set(CONTEXT.SESSION, told.session())
              .set(CONTEXT.ID, told.id())
              .set(CONTEXT.SESSION_NAME, told.sessionName().orElse(null))
              .set(CONTEXT.SUMMARY, told.summary())
              .set(CONTEXT.FILES_READ, array(told.filesRead()))
              .set(CONTEXT.KEY_FINDINGS, array(told.keyFindings()))
              .set(CONTEXT.TAGS, array(told.tags()))
              .set(CONTEXT.UPDATED_AT, told.at())
              .onConflict(CONTEXT.MESH_ID, CONTEXT.MEMBER_ID, CONTEXT.SESSION)
              .doUpdate()
              .set(CONTEXT.SESSION_NAME, DSL.excluded(CONTEXT.SESSION_NAME))
              .set(CONTEXT.SUMMARY, DSL.excluded(CONTEXT.SUMMARY))
              .set(CONTEXT.FILES_READ, DSL.excluded(CONTEXT.FILES_READ))
              .set(CONTEXT.KEY_FINDINGS, DSL.excluded(CONTEXT.KEY_FINDINGS))
              .set(CONTEXT.TAGS, DSL.excluded(CONTEXT.TAGS))
              .set(CONTEXT.UPDATED_AT, DSL.excluded(CONTEXT.UPDATED_AT))
              .returning(CONTEXT.ID)
              .fetchSingle(CONTEXT.ID);
      Condition own = CONTEXT.MESH_ID.eq(told.meshId()).and(CONTEXT.MEMBER_ID.eq(told.memberId()));
      dsl.deleteFrom(CONTEXT)
          .where(own)
          .and(
              CONTEXT.SESSION.in(
                  DSL.select(CONTEXT.SESSION)
                      .from(CONTEXT)
                      .where(own)
                      .orderBy(CONTEXT.UPDATED_AT.desc(), CONTEXT.SESSION)
                      .offset(most)))
          .execute();
      return id;
    });
  }

  /// Contexts that a member may read and that hold a text, or have it as a tag; the newest first.
  ///
  /// @param characters of all; the one that goes beyond it is the last
  List<Context> find(Member reader, String text, int most, int characters) {
    return contexts(
        reader,
        true,
        holds(CONTEXT.SUMMARY, text)
            .or(holds(lines(CONTEXT.FILES_READ), text))
            .or(holds(lines(CONTEXT.KEY_FINDINGS), text))
            .or(DSL.val(text).eq(DSL.any(CONTEXT.TAGS))),
        most,
        characters);
  }

  /// All contexts that a member may read, without files and findings, the newest first.
  ///
  /// @param characters of all; the one that goes beyond it is the last
  List<Context> list(Member reader, int most, int characters) {
    return contexts(reader, false, DSL.noCondition(), most, characters);
  }

  private List<Context> contexts(
      Member reader, boolean whole, Condition which, int most, int characters) {
    return database.transaction(dsl ->
        BoundedRead.of(
            contexts(dsl, reader, whole, which).limit(most),
            ContextStore::context,
            ContextRules::size,
            characters));
  }

  private static SelectLimitStep<?> contexts(
      DSLContext dsl, Member reader, boolean whole, Condition which) {
    return dsl.select(
            MEMBER.DISPLAY_NAME,
            MEMBER.PEER_PUBKEY,
            CONTEXT.SUMMARY,
            whole ? CONTEXT.FILES_READ : NONE.as(CONTEXT.FILES_READ),
            whole ? CONTEXT.KEY_FINDINGS : NONE.as(CONTEXT.KEY_FINDINGS),
            CONTEXT.TAGS,
            CONTEXT.UPDATED_AT,
            CONTEXT.SESSION_NAME)
        .from(CONTEXT)
        .join(MEMBER)
        .on(MEMBER.ID.eq(CONTEXT.MEMBER_ID))
        .where(CONTEXT.MESH_ID.eq(reader.meshId()))
        .and(which)
        .and(GrantStore.granted(CONTEXT.MEMBER_ID, reader, Grant.STATE_READ))
        .orderBy(CONTEXT.UPDATED_AT.desc(), CONTEXT.ID);
  }

  /// Whatever the text is made of, it means itself.
  private static Condition holds(Field<String> field, String text) {
    return field.containsIgnoreCase(text);
  }

  /// The texts of a list as one, each on a line.
  private static Field<String> lines(Field<String[]> list) {
    return DSL.arrayToString(list, DSL.inline("\n"));
  }

  private static String[] array(List<String> texts) {
    return texts.toArray(String[]::new);
  }

  private static Context context(Record row) {
    return new Context(
        row.get(MEMBER.DISPLAY_NAME),
        row.get(CONTEXT.SUMMARY),
        List.of(row.get(CONTEXT.FILES_READ)),
        List.of(row.get(CONTEXT.KEY_FINDINGS)),
        List.of(row.get(CONTEXT.TAGS)),
        row.get(CONTEXT.UPDATED_AT),
        Optional.ofNullable(row.get(CONTEXT.SESSION_NAME)),
        Optional.of(row.get(MEMBER.PEER_PUBKEY)));
  }
}
