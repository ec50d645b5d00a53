package dev.claudemesh.broker.accounts;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.db.TestDatabase;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AccountMeshStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

  private static TestDatabase database;
  private static AccountMeshStore store;
  private static AccountStore accounts;
  private static Team team;

  @BeforeAll
  static void create() {
    database = TestDatabase.create();
    store = new AccountMeshStore(database.database());
    accounts = new AccountStore(database.database());
    team = new Team(database.database());
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  private static String account() {
    String id = Ids.next();
    String email = id.toLowerCase(Locale.ROOT) + "@acme.dev";
    assertThat(accounts.insert(new AccountRow(id, email, "Ada", "hash", NOW, false), 1_000))
        .isTrue();
    return id;
  }

  private static Member owner(String name) {
    Team.Mesh mesh = team.mesh(name);
    return new MembershipStore(database.database())
        .byKey(mesh.id(), mesh.owner().key().publicKey())
        .orElseThrow()
        .member();
  }

  @Test
  void an_account_has_so_many_meshes_and_no_more_however_many_come_at_once() {
    String ada = account();
    List<Member> members = IntStream.range(0, 8).mapToObj(i -> owner("Many " + i)).toList();
    List<Boolean> linked =
        members.parallelStream().map(member -> store.link(ada, member, 5, NOW, "::1")).toList();
    assertThat(linked.stream().filter(done -> done)).hasSize(5);
    assertThat(store.of(ada, 100)).hasSize(5);
    assertThat(store.of(ada, 3)).hasSize(3);
    Member again = members.get(linked.indexOf(true));
    assertThat(store.link(ada, again, 5, NOW, "::1")).isTrue();
  }

  @Test
  void an_account_acts_as_the_member_it_tied_and_in_no_mesh_by_another_name() {
    String ada = account();
    Member one = owner("One");
    Member two = owner("Two");
    store.link(ada, one, 5, NOW, "::1");
    assertThat(store.member(ada, one.meshId(), Optional.empty()).orElseThrow().memberId())
        .isEqualTo(one.id());
    assertThat(store.member(ada, one.meshSlug(), Optional.of(two.key()))).isPresent();
    assertThat(store.member(ada, two.meshId(), Optional.empty())).isEmpty();
    assertThat(store.member(account(), one.meshId(), Optional.empty())).isEmpty();
    assertThat(store.unlink(ada, two.meshId(), NOW, "::1")).isFalse();
    assertThat(store.unlink(ada, one.meshId(), NOW, "::1")).isTrue();
    assertThat(store.of(ada, 5)).isEmpty();
  }
}
