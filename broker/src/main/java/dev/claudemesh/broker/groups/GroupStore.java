package dev.claudemesh.broker.groups;

import static dev.claudemesh.db.jooq.Tables.PEER_STATE;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;

import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.connection.GroupRole;
import java.util.List;
import org.jooq.JSONB;
import org.jooq.impl.DSL;

/// Groups on disk: of the session, and of the member for when no session is here.
final class GroupStore {
  private final Database database;

  GroupStore(Database database) {
    this.database = database;
  }

  void save(Peer peer, List<GroupRole> groups) {
    JSONB json = JSONB.valueOf(StoredJson.of(groups));
    database.transaction(dsl -> {
      dsl.update(PRESENCE)
          .set(PRESENCE.GROUPS, json)
          .where(PRESENCE.ID.eq(peer.presenceId()))
          .execute();
      return dsl.insertInto(PEER_STATE)
          .set(PEER_STATE.MESH_ID, peer.meshId())
          .set(PEER_STATE.MEMBER_ID, peer.member().id())
          .set(PEER_STATE.GROUPS, json)
          .onConflict(PEER_STATE.MEMBER_ID)
          .doUpdate()
          .set(PEER_STATE.GROUPS, DSL.excluded(PEER_STATE.GROUPS))
          .execute();
    });
  }
}
