package dev.claudemesh.broker.members;

import static dev.claudemesh.db.jooq.Tables.EPOCH_KEY;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static dev.claudemesh.db.jooq.Tables.PEER_STATE;
import static dev.claudemesh.db.jooq.Tables.PERMISSION;

import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.ConnectionReply.SelfEditable;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.members.MemberRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.impl.DSL;
import tools.jackson.core.type.TypeReference;

/// Rows of `member`: lists, profiles and grants.
final class MemberStore {
  /// Members that one list names; more than a mesh may have.
  private static final int MOST_LISTED = 5_000;

  private static final TypeReference<List<GroupRole>> GROUPS = new TypeReference<>() {};
  private static final TypeReference<Map<String, List<String>>> GRANTS = new TypeReference<>() {};

  private static final Field<Boolean> OWNER =
      DSL.field(
              MEMBER
                  .PEER_PUBKEY
                  .eq(MESH.OWNER_PUBKEY)
                  .or(DSL.coalesce(MESH.OWNER_USER_ID.eq(MEMBER.USER_ID), false)))
          .as("is_owner");
  private static final Field<Instant> LAST_SEEN =
      DSL.greatest(MEMBER.LAST_SEEN_AT, PEER_STATE.LAST_SEEN_AT).as("last_seen");
  private static final Field<Boolean> PENDING =
      DSL.field(
              DSL.notExists(
                  DSL.selectOne()
                      .from(EPOCH_KEY)
                      .where(EPOCH_KEY.MESH_ID.eq(MESH.ID))
                      .and(EPOCH_KEY.EPOCH.eq(MESH.EPOCH))
                      .and(EPOCH_KEY.MEMBER_ID.eq(MEMBER.ID))))
          .as("key_pending");

  private final Database database;

  MemberStore(Database database) {
    this.database = database;
  }

  /// Present members, in the order they came.
  List<MemberRow> list(String meshId) {
    return rows(MEMBER.MESH_ID.eq(meshId));
  }

  /// A present member.
  Optional<MemberRow> find(String meshId, String memberId) {
    return rows(MEMBER.MESH_ID.eq(meshId).and(MEMBER.ID.eq(memberId))).stream().findFirst();
  }

  /// What members of a mesh may change of themselves.
  SelfEditable selfEditable(String meshId) {
    return database
        .dsl()
        .select(MESH.SELF_EDITABLE)
        .from(MESH)
        .where(MESH.ID.eq(meshId))
        .fetchOptional(MESH.SELF_EDITABLE)
        .map(json -> Wire.mapper().readValue(json.data(), SelfEditable.class))
        .orElse(SelfEditable.ALL);
  }

  /// Changes the fields that are given. A new role brings its own permissions: what was set one by
  /// one for the old one is forgotten.
  void update(String meshId, MemberRequest.Update change) {
    Map<Field<?>, Object> fields = new HashMap<>();
    change.displayName().ifPresent(name -> fields.put(MEMBER.DISPLAY_NAME, name.strip()));
    change
        .roleTag()
        .ifPresent(tag ->
            fields.put(
                MEMBER.ROLE_TAG, tag.isBlank() ? DSL.castNull(MEMBER.ROLE_TAG) : tag.strip()));
    change.groups().ifPresent(groups -> fields.put(MEMBER.DEFAULT_GROUPS, json(groups)));
    change.messageMode().ifPresent(mode -> fields.put(MEMBER.MESSAGE_MODE, mode));
    Condition who =
        MEMBER
            .MESH_ID
            .eq(meshId)
            .and(MEMBER.ID.eq(change.memberId()))
            .and(MEMBER.REVOKED_AT.isNull());
    database.transaction(dsl -> {
      if (!fields.isEmpty()) {
        dsl.update(MEMBER).set(fields).where(who).execute();
      }
      change.permission().ifPresent(role -> role(dsl, who, change.memberId(), role));
      return change;
    });
  }

  private static void role(DSLContext dsl, Condition who, String memberId, String role) {
    int changed =
        dsl.update(MEMBER).set(MEMBER.ROLE, role).where(who).and(MEMBER.ROLE.ne(role)).execute();
    if (changed == 1) {
      dsl.deleteFrom(PERMISSION).where(PERMISSION.MEMBER_ID.eq(memberId)).execute();
    }
  }

  /// Keys of everyone who is or was a member.
  Set<String> keys(String meshId) {
    return new HashSet<>(
        database
            .dsl()
            .select(MEMBER.PEER_PUBKEY)
            .from(MEMBER)
            .where(MEMBER.MESH_ID.eq(meshId))
            .fetch(MEMBER.PEER_PUBKEY));
  }

  Map<String, List<String>> grants(String memberId) {
    return database
        .dsl()
        .select(MEMBER.PEER_GRANTS)
        .from(MEMBER)
        .where(MEMBER.ID.eq(memberId))
        .fetchOptional(MEMBER.PEER_GRANTS)
        .map(MemberStore::grants)
        .orElse(Map.of());
  }

  /// Changes grants while nobody else does.
  ///
  /// @return those there are now
  Map<String, List<String>> changeGrants(
      String memberId, UnaryOperator<Map<String, List<String>>> change) {
    return database.transaction(dsl -> {
      JSONB before =
          dsl.select(MEMBER.PEER_GRANTS)
              .from(MEMBER)
              .where(MEMBER.ID.eq(memberId))
              .forUpdate()
              .fetchSingle(MEMBER.PEER_GRANTS);
      Map<String, List<String>> after = change.apply(grants(before));
      dsl.update(MEMBER)
          .set(MEMBER.PEER_GRANTS, json(after))
          .where(MEMBER.ID.eq(memberId))
          .execute();
      return after;
    });
  }

  private List<MemberRow> rows(Condition which) {
    return database
        .dsl()
        .select(
            MEMBER.ID,
            MEMBER.PEER_PUBKEY,
            MEMBER.DISPLAY_NAME,
            MEMBER.ROLE_TAG,
            MEMBER.DEFAULT_GROUPS,
            MEMBER.MESSAGE_MODE)
        .select(MEMBER.ROLE, MEMBER.USER_ID, MEMBER.JOINED_AT, LAST_SEEN, OWNER, PENDING)
        .from(MEMBER)
        .join(MESH)
        .on(MESH.ID.eq(MEMBER.MESH_ID))
        .leftJoin(PEER_STATE)
        .on(PEER_STATE.MEMBER_ID.eq(MEMBER.ID))
        .where(which)
        .and(MEMBER.REVOKED_AT.isNull())
        .and(MESH.ARCHIVED_AT.isNull())
        .orderBy(MEMBER.JOINED_AT, MEMBER.ID)
        .limit(MOST_LISTED)
        .fetch(MemberStore::row);
  }

  private static MemberRow row(Record row) {
    boolean owner = row.get(OWNER);
    return new MemberRow(
        row.get(MEMBER.ID),
        row.get(MEMBER.PEER_PUBKEY),
        row.get(MEMBER.DISPLAY_NAME),
        Optional.ofNullable(row.get(MEMBER.ROLE_TAG)),
        Wire.mapper().readValue(row.get(MEMBER.DEFAULT_GROUPS).data(), GROUPS),
        row.get(MEMBER.MESSAGE_MODE),
        owner || row.get(MEMBER.ROLE).equals("admin"),
        owner,
        Optional.ofNullable(row.get(MEMBER.USER_ID)),
        row.get(MEMBER.JOINED_AT),
        Optional.ofNullable(row.get(LAST_SEEN)),
        row.get(PENDING));
  }

  private static Map<String, List<String>> grants(JSONB json) {
    return Wire.mapper().readValue(json.data(), GRANTS);
  }

  private static JSONB json(Object value) {
    return JSONB.valueOf(Wire.mapper().writeValueAsString(value));
  }
}
