package dev.claudemesh.broker.kernel;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.MeshFixture.Somebody;
import dev.claudemesh.db.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jooq.JSONB;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class GrantStoreTest {
  private static TestDatabase database;
  private static MeshFixture mesh;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    mesh = MeshFixture.create(database.database());
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @Test
  void rows_and_live_peers_follow_the_same_rule() {
    Somebody reader = mesh.member("reader");
    String key = reader.key().publicKey().hex();
    Map<String, Somebody> owners =
        Map.of(
            "says nothing", mesh.member("silent"),
            "speaks of others", saying("{\"" + "f".repeat(64) + "\": []}"),
            "blocks", saying("{\"" + key + "\": []}"),
            "gives one", saying("{\"" + key + "\": [\"dm\"]}"),
            "gives all",
                saying(
                    "{\""
                        + key
                        + "\": [\"read\", \"dm\", \"broadcast\", \"state-read\","
                        + " \"state-write\", \"file-read\", \"tools\"]}"),
            "knows newer names", saying("{\"" + key + "\": [\"telepathy\", \"state-read\"]}"),
            "is the reader", reader);
    Member member = member(reader);
    for (Grant grant : Grant.values()) {
      owners.forEach((who, owner) ->
          assertThat(granted(owner, member, grant))
              .as("%s: %s", who, grant)
              .isEqualTo(member(owner).lets(member, grant)));
    }
    assertThat(granted(owners.get("says nothing"), member, Grant.STATE_READ)).isTrue();
    assertThat(granted(owners.get("says nothing"), member, Grant.STATE_WRITE)).isFalse();
    assertThat(granted(owners.get("blocks"), member, Grant.STATE_READ)).isFalse();
    assertThat(granted(owners.get("gives all"), member, Grant.STATE_WRITE)).isTrue();
    assertThat(granted(reader, member, Grant.STATE_WRITE)).isTrue();
  }

  @Test
  void what_nobody_owns_is_for_all() {
    Member member = member(mesh.member("somebody"));
    for (Grant grant : Grant.values()) {
      assertThat(
              database
                  .database()
                  .dsl()
                  .fetchExists(
                      DSL.selectOne()
                          .where(GrantStore.granted(DSL.castNull(String.class), member, grant))))
          .isTrue();
    }
  }

  private static boolean granted(Somebody owner, Member to, Grant grant) {
    return database
        .database()
        .dsl()
        .fetchExists(DSL.selectOne().where(GrantStore.granted(DSL.val(owner.id()), to, grant)));
  }

  private static Somebody saying(String grants) {
    Somebody somebody = mesh.member("member");
    database
        .database()
        .dsl()
        .update(MEMBER)
        .set(MEMBER.PEER_GRANTS, JSONB.valueOf(grants))
        .where(MEMBER.ID.eq(somebody.id()))
        .execute();
    return somebody;
  }

  private static Member member(Somebody somebody) {
    return new MembershipStore(database.database())
        .byId(mesh.id(), somebody.id())
        .orElseThrow()
        .member();
  }

  @Test
  void every_grant_is_known_by_its_name() {
    assertThat(Stream.of(Grant.values()).map(Grant::wireName).toList())
        .isEqualTo(
            List.of("read", "dm", "broadcast", "state-read", "state-write", "file-read", "tools"));
    for (Grant grant : Grant.values()) {
      assertThat(Grant.of(grant.wireName())).contains(grant);
    }
    assertThat(Grant.of("telepathy")).isEmpty();
  }
}
