package dev.claudemesh.broker.skills;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.SKILL;
import static dev.claudemesh.db.jooq.Tables.SKILL_VERSION;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.GrantStore;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Owner;
import dev.claudemesh.broker.skills.SkillRules.Content;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.skills.SkillReply.Listed;
import dev.claudemesh.protocol.skills.SkillReply.Skill;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record3;
import org.jooq.impl.DSL;

/// Rows of `skill` and `skill_version`.
final class SkillStore {
  private static final int KEPT = 20;

  private final Database database;

  SkillStore(Database database) {
    this.database = database;
  }

  /// What became of sharing.
  sealed interface Shared {
    /// It is there.
    ///
    /// @param fresh false if the newest version says the same
    record Done(int version, boolean fresh) implements Shared {}

    /// Somebody else's skill has this name.
    record Taken(String author) implements Shared {}

    /// The mesh has as many as it may.
    record Full() implements Shared {}
  }

  /// Shares a skill or a new version of it.
  ///
  /// @param id for a new one
  Shared share(Member by, String name, String id, Content content, Instant now, int most) {
    return database.transaction(dsl -> {
      if (insert(dsl, by, name, id, now, most)) {
        insertVersion(dsl, id, 1, content, by, now);
        return new Shared.Done(1, true);
      }
      Optional<Record3<String, String, Integer>> there =
          dsl.select(SKILL.ID, SKILL.AUTHOR, SKILL.VERSION)
              .from(SKILL)
              .where(is(by.meshId(), name))
              .forUpdate()
              .fetchOptional();
      if (there.isEmpty()) {
        return new Shared.Full();
      }
      if (!mayChange(by, there.get().value2())) {
        return new Shared.Taken(nameOf(dsl, there.get().value2()));
      }
      int version = there.get().value3();
      if (says(dsl, there.get().value1(), version, content)) {
        return new Shared.Done(version, false);
      }
      return new Shared.Done(next(dsl, there.get().value1(), version, content, by, now), true);
    });
  }

  private static boolean insert(
      DSLContext dsl, Member by, String name, String id, Instant now, int most) {
    return dsl.insertInto(
                SKILL,
                SKILL.ID,
                SKILL.MESH_ID,
                SKILL.NAME,
                SKILL.AUTHOR,
                SKILL.VERSION,
                SKILL.CREATED_AT)
            .select(
                DSL.select(
                        DSL.val(id),
                        DSL.val(by.meshId()),
                        DSL.val(name),
                        DSL.val(by.id()),
                        DSL.val(1),
                        DSL.val(now, SKILL.CREATED_AT))
                    .where(
                        DSL.selectCount()
                            .from(SKILL)
                            .where(SKILL.MESH_ID.eq(by.meshId()))
                            .asField()
                            .lt(DSL.val(most))))
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  private static int next(
      DSLContext dsl, String id, int version, Content content, Member by, Instant now) {
    int next = version + 1;
    insertVersion(dsl, id, next, content, by, now);
    dsl.update(SKILL).set(SKILL.VERSION, next).where(SKILL.ID.eq(id)).execute();
    dsl.deleteFrom(SKILL_VERSION)
        .where(SKILL_VERSION.SKILL_ID.eq(id).and(SKILL_VERSION.VERSION.le(next - KEPT)))
        .execute();
    return next;
  }

  private static void insertVersion(
      DSLContext dsl, String id, int version, Content content, Member by, Instant now) {
    dsl.insertInto(SKILL_VERSION)
        .set(SKILL_VERSION.SKILL_ID, id)
        .set(SKILL_VERSION.VERSION, version)
        .set(SKILL_VERSION.DESCRIPTION, content.description())
        .set(SKILL_VERSION.INSTRUCTIONS, content.instructions())
        .set(SKILL_VERSION.TAGS, content.tags().toArray(String[]::new))
        .set(SKILL_VERSION.MANIFEST, content.manifest())
        .set(SKILL_VERSION.SHARED_BY, by.id())
        .set(SKILL_VERSION.SHARED_AT, now)
        .execute();
  }

  private static boolean says(DSLContext dsl, String id, int version, Content content) {
    return dsl.fetchExists(
        SKILL_VERSION,
        SKILL_VERSION
            .SKILL_ID
            .eq(id)
            .and(SKILL_VERSION.VERSION.eq(version))
            .and(SKILL_VERSION.DESCRIPTION.eq(content.description()))
            .and(SKILL_VERSION.INSTRUCTIONS.eq(content.instructions()))
            .and(SKILL_VERSION.TAGS.eq(content.tags().toArray(String[]::new)))
            .and(SKILL_VERSION.MANIFEST.eq(content.manifest())));
  }

  /// A version of a skill that a member may read.
  ///
  /// @param version the newest if empty
  Optional<Skill> find(Member reader, String name, Optional<Integer> version) {
    return database
        .dsl()
        .select()
        .from(SKILL)
        .join(SKILL_VERSION)
        .on(SKILL_VERSION.SKILL_ID.eq(SKILL.ID))
        .and(
            version
                .<Condition>map(SKILL_VERSION.VERSION::eq)
                .orElseGet(() -> SKILL_VERSION.VERSION.eq(SKILL.VERSION)))
        .join(MEMBER)
        .on(MEMBER.ID.eq(SKILL.AUTHOR))
        .where(is(reader.meshId(), name).and(readable(reader)))
        .fetchOptional(row ->
            new Skill(
                row.get(SKILL.NAME),
                row.get(SKILL_VERSION.DESCRIPTION),
                row.get(SKILL_VERSION.INSTRUCTIONS),
                List.of(row.get(SKILL_VERSION.TAGS)),
                row.get(MEMBER.DISPLAY_NAME),
                Wire.mapper().readTree(row.get(SKILL_VERSION.MANIFEST)),
                row.get(SKILL.CREATED_AT),
                Optional.of(row.get(SKILL_VERSION.VERSION)),
                Optional.of(row.get(SKILL.VERSION)),
                Optional.of(row.get(SKILL_VERSION.SHARED_AT)),
                Optional.of(row.get(MEMBER.PEER_PUBKEY))));
  }

  /// Skills that a member may read, by name.
  List<Listed> list(Member reader, String query) {
    return database
        .dsl()
        .select()
        .from(SKILL)
        .join(SKILL_VERSION)
        .on(SKILL_VERSION.SKILL_ID.eq(SKILL.ID))
        .and(SKILL_VERSION.VERSION.eq(SKILL.VERSION))
        .join(MEMBER)
        .on(MEMBER.ID.eq(SKILL.AUTHOR))
        .where(SKILL.MESH_ID.eq(reader.meshId()).and(readable(reader)))
        .and(
            SKILL
                .NAME
                .containsIgnoreCase(query)
                .or(SKILL_VERSION.DESCRIPTION.containsIgnoreCase(query))
                .or(DSL.arrayToString(SKILL_VERSION.TAGS, DSL.val("\n")).containsIgnoreCase(query)))
        .orderBy(SKILL.NAME)
        .fetch(row ->
            new Listed(
                row.get(SKILL.NAME),
                row.get(SKILL_VERSION.DESCRIPTION),
                List.of(row.get(SKILL_VERSION.TAGS)),
                row.get(MEMBER.DISPLAY_NAME),
                row.get(SKILL.CREATED_AT),
                Optional.of(row.get(SKILL.VERSION))));
  }

  /// Removes a skill.
  ///
  /// @return whose it was; empty if there is none, or the member may not
  Optional<Owner> remove(Member by, String name) {
    return database.statement(dsl ->
        dsl.deleteFrom(SKILL)
            .where(is(by.meshId(), name))
            .and(by.admin() || by.owner() ? DSL.noCondition() : SKILL.AUTHOR.eq(by.id()))
            .returningResult(GrantStore.owner(SKILL.AUTHOR))
            .fetchOptional(row -> row.value1()));
  }

  /// Whose a skill is.
  Optional<Owner> owner(String meshId, String name) {
    return database
        .dsl()
        .select(GrantStore.owner(SKILL.AUTHOR))
        .from(SKILL)
        .where(is(meshId, name))
        .fetchOptional(row -> row.value1());
  }

  /// The name of the author of a skill that a member may read.
  Optional<String> author(Member reader, String name) {
    return database
        .dsl()
        .select(MEMBER.DISPLAY_NAME)
        .from(SKILL)
        .join(MEMBER)
        .on(MEMBER.ID.eq(SKILL.AUTHOR))
        .where(is(reader.meshId(), name).and(readable(reader)))
        .fetchOptional(MEMBER.DISPLAY_NAME);
  }

  /// A skill is its author's, also where an admin wrote a version of it.
  private static Condition readable(Member reader) {
    return GrantStore.granted(SKILL.AUTHOR, reader, Grant.STATE_READ);
  }

  private static String nameOf(DSLContext dsl, String memberId) {
    return dsl.select(MEMBER.DISPLAY_NAME)
        .from(MEMBER)
        .where(MEMBER.ID.eq(memberId))
        .fetchSingle(MEMBER.DISPLAY_NAME);
  }

  private static boolean mayChange(Member by, String author) {
    return by.admin() || by.owner() || by.id().equals(author);
  }

  private static Condition is(String meshId, String name) {
    return SKILL.MESH_ID.eq(meshId).and(SKILL.NAME.eq(name));
  }
}
