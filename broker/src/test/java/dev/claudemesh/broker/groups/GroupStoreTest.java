package dev.claudemesh.broker.groups;

import static dev.claudemesh.db.jooq.Tables.PEER_STATE;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.kernel.RecordingConnection;
import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.connection.GroupRole;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GroupStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  @Test
  void groups_are_kept_for_the_session_and_for_when_its_member_is_away() {
    try (TestDatabase database = TestDatabase.create()) {
      MeshFixture mesh = MeshFixture.create(database.database());
      Peer.Client client =
          new Peer.Client(
              "s",
              1,
              "/tmp",
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Set.of());
      Peer peer =
          mesh.here(new Peers(), mesh.member("Anna"), client, new RecordingConnection(), NOW);
      GroupStore store = new GroupStore(database.database());
      List<GroupRole> groups =
          List.of(new GroupRole("a/b", Optional.of("lead")), new GroupRole("c", Optional.empty()));
      for (List<GroupRole> now : List.of(groups, List.<GroupRole>of(), groups)) {
        store.save(peer, now);
        var dsl = database.database().dsl();
        assertThat(
                StoredJson.groups(
                    dsl.fetchSingle(PRESENCE, PRESENCE.ID.eq(peer.presenceId()))
                        .getGroups()
                        .data()))
            .isEqualTo(now);
        assertThat(
                StoredJson.groups(
                    dsl.fetchSingle(PEER_STATE, PEER_STATE.MEMBER_ID.eq(peer.member().id()))
                        .getGroups()
                        .data()))
            .isEqualTo(now);
      }
    }
  }
}
