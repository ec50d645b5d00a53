package dev.claudemesh.broker.claims;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.claims.ClaimStore.Ended;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.claims.Claim;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClaimStoreTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Instant LATER = NOW.plusSeconds(600);

  private static TestDatabase database;
  private ClaimStore store;
  private MeshFixture mesh;
  private Holder ada;
  private Holder bob;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void mesh() {
    store = new ClaimStore(database.database());
    mesh = MeshFixture.create(database.database());
    ada = new Holder(mesh.id(), mesh.member("Ada").id(), "a".repeat(64), "Ada's");
    bob = new Holder(mesh.id(), mesh.member("Bob").id(), "b".repeat(64), "Bob's");
  }

  @Test
  void a_claim_is_listed_with_who_has_it_and_claiming_it_again_renews_it() {
    assertThat(claim(ada, "r", LATER, "src/**", "docs/")).containsExactly("src/**", "docs/");
    Instant renewed = LATER.plusSeconds(60);
    assertThat(claim(ada, "r", renewed, "src/**", "test/")).containsExactly("test/");
    List<Claim> claims = store.list(reader(), Optional.of("r"), NOW);
    assertThat(claims).map(Claim::glob).containsExactly("docs/", "src/**", "test/");
    assertThat(claims).map(Claim::until).containsExactly(LATER, renewed, renewed);
    assertThat(claims.getFirst().by()).isEqualTo("Ada");
    assertThat(claims.getFirst().name()).isEqualTo("Ada's");
    assertThat(claims.getFirst().note()).contains("note");
    assertThat(claims.getFirst().pubkey()).isEqualTo(ada.address());
  }

  @Test
  void claims_of_other_roots_and_meshes_are_apart() {
    claim(ada, "r", LATER, "src/**");
    claim(ada, "s", LATER, "src/**");
    assertThat(store.list(reader(), Optional.of("s"), NOW)).hasSize(1);
    assertThat(store.list(reader(), Optional.empty(), NOW)).hasSize(2);
    MeshFixture other = MeshFixture.create(database.database());
    assertThat(store.list(reader(other), Optional.empty(), NOW)).isEmpty();
    assertThat(store.release(other.id(), ada.address(), Optional.empty(), Optional.empty()))
        .isEmpty();
    assertThat(store.ofHolder(mesh.id(), ada.address(), NOW)).hasSize(2);
  }

  @Test
  void a_lease_that_is_over_holds_nothing_and_is_swept() {
    claim(ada, "r", LATER, "src/**");
    claim(bob, "r", LATER.plusSeconds(1), "src/**");
    assertThat(store.list(reader(), Optional.empty(), LATER)).map(Claim::by).containsExactly("Bob");
    assertThat(store.ofHolder(mesh.id(), ada.address(), LATER)).isEmpty();
    assertThat(store.expire(LATER)).contains(new Ended(mesh.id(), ada.address()));
    assertThat(store.expire(LATER)).isEmpty();
    // What has ended is claimed anew, not renewed.
    claim(ada, "r", LATER, "src/**");
    assertThat(
            store.claim(
                ada, "r", List.of("src/**"), Optional.empty(), LATER, LATER.plusSeconds(9), 9, 9))
        .containsExactly("src/**");
  }

  @Test
  void some_or_all_are_released_by_who_has_them_only() {
    claim(ada, "r", LATER, "a", "b", "c");
    claim(bob, "r", LATER, "a");
    assertThat(release(ada, Optional.of("r"), Optional.of(List.of("a", "x")))).containsExactly("a");
    assertThat(release(ada, Optional.of("s"), Optional.empty())).isEmpty();
    assertThat(release(ada, Optional.empty(), Optional.empty())).containsExactly("b", "c");
    assertThat(store.list(reader(), Optional.empty(), NOW)).map(Claim::by).containsExactly("Bob");
    assertThat(store.endOfMember(mesh.id(), bob.memberId())).containsExactly(bob.address());
    assertThat(store.list(reader(), Optional.empty(), NOW)).isEmpty();
  }

  @Test
  void one_glob_too_many_of_a_session_or_a_mesh_changes_nothing() {
    assertThatThrownBy(
            () -> store.claim(ada, "r", List.of("a", "b"), Optional.empty(), NOW, LATER, 9, 1))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("1 globs");
    assertThat(store.ofHolder(mesh.id(), ada.address(), NOW)).isEmpty();
    claim(bob, "r", LATER, "a");
    assertThatThrownBy(
            () -> store.claim(ada, "r", List.of("a"), Optional.empty(), NOW, LATER, 1, 9))
        .isInstanceOf(Problem.class);
    assertThat(store.claim(bob, "r", List.of("a"), Optional.empty(), NOW, LATER, 1, 1)).isEmpty();
  }

  private List<String> claim(Holder holder, String root, Instant until, String... globs) {
    return store.claim(holder, root, List.of(globs), Optional.of("note"), NOW, until, 1_000, 1_000);
  }

  private List<String> release(Holder holder, Optional<String> root, Optional<List<String>> globs) {
    return store.release(holder.meshId(), holder.address(), root, globs);
  }

  private Member reader() {
    return reader(mesh);
  }

  private static Member reader(MeshFixture of) {
    return new Member(
        "reader",
        of.id(),
        "mesh",
        of.owner().publicKey(),
        "Reader",
        false,
        false,
        Permissions.MEMBER);
  }
}
