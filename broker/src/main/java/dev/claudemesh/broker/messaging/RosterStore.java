package dev.claudemesh.broker.messaging;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static dev.claudemesh.db.jooq.Tables.PEER_STATE;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;

import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.GroupRole;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.Record;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.json.JsonMapper;

/// Reads what messaging must know of meshes, members and their sessions. Writes nothing.
final class RosterStore {
  private static final JsonMapper JSON = Wire.mapper();
  private static final JavaType GROUPS =
      JSON.getTypeFactory().constructCollectionType(List.class, GroupRole.class);
  private final Database database;

  RosterStore(Database database) {
    this.database = database;
  }

  /// The mesh and all who are members of it; empty if it was deleted.
  Optional<Roster> roster(String meshId, Instant now) {
    DSLContext dsl = database.dsl();
    return dsl.select(MESH.ENCRYPTION, MESH.EPOCH)
        .from(MESH)
        .where(MESH.ID.eq(meshId).and(MESH.ARCHIVED_AT.isNull()))
        .fetchOptional()
        .map(mesh ->
            Roster.of(
                meshId, mesh.value1().equals("compat"), mesh.value2(), members(dsl, meshId), now));
  }

  private static List<Roster.Entry> members(DSLContext dsl, String meshId) {
    return dsl.select(
            MEMBER.ID,
            MEMBER.PEER_PUBKEY,
            MEMBER.DISPLAY_NAME,
            MEMBER.DEFAULT_GROUPS,
            MEMBER.PEER_GRANTS,
            PEER_STATE.GROUPS,
            PEER_STATE.VISIBLE)
        .from(MEMBER)
        .leftJoin(PEER_STATE)
        .on(PEER_STATE.MEMBER_ID.eq(MEMBER.ID))
        .where(MEMBER.MESH_ID.eq(meshId).and(MEMBER.REVOKED_AT.isNull()))
        .fetch(RosterStore::entry);
  }

  private static Roster.Entry entry(Record row) {
    List<GroupRole> stored = groups(row.get(PEER_STATE.GROUPS));
    return new Roster.Entry(
        row.get(MEMBER.ID),
        row.get(MEMBER.PEER_PUBKEY),
        row.get(MEMBER.DISPLAY_NAME),
        stored.isEmpty() ? groups(row.get(MEMBER.DEFAULT_GROUPS)) : stored,
        !Boolean.FALSE.equals(row.get(PEER_STATE.VISIBLE)),
        StoredJson.grants(row.get(MEMBER.PEER_GRANTS).data()));
  }

  private static List<GroupRole> groups(JSONB json) {
    return json == null ? List.of() : JSON.readValue(json.data(), GROUPS);
  }

  /// The member of the session that was at an address last.
  Optional<String> earlierSession(String meshId, String address) {
    return database
        .dsl()
        .select(PRESENCE.MEMBER_ID)
        .from(PRESENCE)
        .where(PRESENCE.MESH_ID.eq(meshId).and(PRESENCE.ADDRESS.eq(address)))
        .orderBy(PRESENCE.CONNECTED_AT.desc())
        .limit(1)
        .fetchOptional(PRESENCE.MEMBER_ID);
  }
}
