package dev.claudemesh.broker.meshes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.Team.Mesh;
import dev.claudemesh.broker.Team.Person;
import dev.claudemesh.broker.kernel.CreationToken;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.MeshCreation;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.db.jooq.Tables;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MeshesTest {
  private static TestDatabase database;
  private static Database wide;
  private static Team team;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
    wide = Team.wide(database);
    team = new Team(wide);
  }

  @AfterAll
  static void close() {
    wide.close();
    database.close();
  }

  @Test
  void whoever_signs_owns_the_mesh_and_holds_its_first_key() {
    Mesh mesh = team.mesh("Owned");
    assertThat(team.member(mesh.owner()).owner()).isTrue();
    MeshReply.Mesh listed =
        team.signed(mesh.owner().key(), new MeshRequest.ListMine(Optional.empty()))
            .meshes()
            .getFirst();
    assertThat(listed.owner()).isTrue();
    assertThat(listed.role()).isEqualTo("admin");
    assertThat(listed.memberCount()).isEqualTo(1);
    assertThat(listed.brokerUrl()).isEqualTo("ws://broker.example:7900/ws");
    assertThat(new EpochKeyStore(database.database()).holds(mesh.id(), 1, mesh.owner().memberId()))
        .isTrue();
  }

  @Test
  void the_broker_keeps_no_secret_of_a_mesh_in_clear() {
    Mesh mesh = team.mesh("Secret");
    String dump =
        database.database().dsl().fetch(Tables.MESH).formatJSON()
            + database.database().dsl().fetch(Tables.MEMBER).formatJSON()
            + database.database().dsl().fetch(Tables.EPOCH_KEY).formatJSON();
    assertThat(dump)
        .contains(mesh.id())
        .doesNotContain(mesh.key().exposeBase64Url())
        .doesNotContain(mesh.owner().key().exposeHex().substring(0, 64));
  }

  @Test
  void a_lost_answer_does_not_make_a_second_mesh() {
    SecretKey owner = Keys.generate();
    MeshRequest.Create create = Team.create("Twice", Ids.next(), owner, MeshKey.generate(1));
    MeshReply.Created first = team.signed(owner, create);
    assertThat(team.signed(owner, create)).isEqualTo(first);
    assertThat(team.signed(owner, new MeshRequest.ListMine(Optional.empty())).meshes()).hasSize(1);
  }

  @Test
  void the_id_of_anothers_mesh_cannot_be_taken() {
    Mesh mesh = team.mesh("Taken");
    SecretKey thief = Keys.generate();
    Refusal.expect(
        ProblemCode.EXISTS,
        () -> team.signed(thief, Team.create("Taken", mesh.id(), thief, MeshKey.generate(1))));
  }

  @Test
  void a_key_that_somebody_else_sealed_is_refused() {
    SecretKey owner = Keys.generate();
    SecretKey other = Keys.generate();
    String id = Ids.next();
    EpochKey forged = Team.seal(id, MeshKey.generate(1), owner.publicKey(), other);
    Refusal.expect(ProblemCode.INVALID_REQUEST, () -> team.signed(owner, with(id, owner, forged)));
    EpochKey renamed =
        new EpochKey(1, forged.sealedKey(), owner.publicKey().hex(), forged.signature());
    Refusal.expect(ProblemCode.BAD_SIGNATURE, () -> team.signed(owner, with(id, owner, renamed)));
  }

  @Test
  void meshes_made_at_the_same_moment_get_different_slugs() throws Exception {
    List<Future<Mesh>> made = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 10; i++) {
        made.add(threads.submit(() -> team.mesh("Rush hour")));
      }
    }
    List<String> slugs = new ArrayList<>();
    for (Future<Mesh> mesh : made) {
      slugs.add(mesh.get().slug());
    }
    assertThat(slugs).doesNotHaveDuplicates().contains("rush-hour", "rush-hour-10");
  }

  @Test
  void a_soft_deleted_slug_is_usable_again() {
    Mesh mesh = team.mesh("Phoenix");
    team.as(mesh.owner(), new MeshRequest.Delete());
    assertThat(team.mesh("Phoenix").slug()).isEqualTo("phoenix");
    assertThat(team.happened()).contains(new Happening.MeshDeleted(mesh.id()));
  }

  @Test
  void a_mesh_is_renamed_and_its_id_stays() {
    Mesh mesh = team.mesh("Before");
    MeshReply.Renamed renamed =
        team.as(mesh.owner(), new MeshRequest.Rename("After", Optional.of("after")));
    assertThat(renamed).isEqualTo(new MeshReply.Renamed(true, mesh.id(), "after", "After"));
    assertThat(
            team.as(mesh.owner(), new MeshRequest.Rename("Only the name", Optional.empty())).slug())
        .isEqualTo("after");
  }

  @Test
  void a_slug_that_another_mesh_has_cannot_be_chosen() {
    Mesh first = team.mesh("Slug one");
    Mesh second = team.mesh("Slug two");
    Refusal.expect(
        ProblemCode.EXISTS,
        () -> team.as(second.owner(), new MeshRequest.Rename("x", Optional.of(first.slug()))));
    assertThat(
            team.as(second.owner(), new MeshRequest.Rename("x", Optional.of(second.slug()))).slug())
        .isEqualTo(second.slug());
  }

  @Test
  void a_broker_with_a_creation_token_wants_it(@TempDir Path data) throws Exception {
    CreationToken token = CreationToken.in(data);
    String secret = Files.readString(data.resolve(CreationToken.FILE)).strip();
    assertThat(CreationToken.in(data).is(secret)).isTrue();
    assertThat(Files.getPosixFilePermissions(data.resolve(CreationToken.FILE)))
        .isEqualTo(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
    assertThat(token.toString()).doesNotContain(secret);
    Team guarded = new Team(database.database(), MeshCreation.TOKEN, Optional.of(token), false);
    Refusal.expect(ProblemCode.FORBIDDEN, () -> guarded.mesh("Guarded"));
    SecretKey owner = Keys.generate();
    assertThat(guarded.signed(owner, withToken(owner, secret)).slug()).isEqualTo("guarded");
  }

  @Test
  void a_closed_broker_makes_no_meshes() {
    Team closed = new Team(database.database(), MeshCreation.CLOSED, Optional.empty(), false);
    Refusal.expect(ProblemCode.MESH_CREATION_CLOSED, () -> closed.mesh("Closed"));
  }

  @Test
  void an_old_clients_create_without_keys_is_refused_unless_compat_is_on() {
    MeshRequest.Create old = old("user-1", Optional.empty());
    Refusal.expect(ProblemCode.UNAUTHORIZED, () -> team.call(old));
    Team compat = new Team(database.database(), MeshCreation.OPEN, Optional.empty(), true);
    MeshReply.Created made = compat.call(old);
    var row = database.database().dsl().fetchSingle(Tables.MESH, Tables.MESH.ID.eq(made.id()));
    assertThat(row.getCustody()).isEqualTo("broker");
    assertThat(row.getEncryption()).isEqualTo("compat");
    assertThat(compat.call(new MeshRequest.ListMine(Optional.of("user-1"))).meshes())
        .extracting(MeshReply.Mesh::owner)
        .containsExactly(true);
    Refusal.expect(
        ProblemCode.UNAUTHORIZED, () -> team.call(new MeshRequest.ListMine(Optional.of("user-1"))));
  }

  @Test
  void the_owner_of_an_old_clients_mesh_can_open_its_key() {
    Team compat = new Team(database.database(), MeshCreation.OPEN, Optional.empty(), true);
    SecretKey owner = Keys.generate();
    MeshReply.Created made = compat.call(old("user-2", Optional.of(owner.publicKey().hex())));
    EpochKey key =
        new EpochKeyStore(database.database())
            .ofMember(made.id(), made.memberId(), List.of())
            .getFirst();
    String root =
        database
            .database()
            .dsl()
            .fetchSingle(Tables.MESH, Tables.MESH.ID.eq(made.id()))
            .getRootKey();
    assertThat(MeshKey.openSealed(1, key.sealedKey(), owner))
        .contains(MeshKey.ofBase64Url(1, root));
    assertThat(compat.member(new Person(owner, made.id(), made.memberId())).owner()).isTrue();
  }

  private static MeshRequest.Create with(String id, SecretKey owner, EpochKey key) {
    return new MeshRequest.Create(
        "Forged",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(id),
        Optional.of(owner.publicKey().hex()),
        Optional.of(key),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static MeshRequest.Create withToken(SecretKey owner, String token) {
    String id = Ids.next();
    return new MeshRequest.Create(
        "Guarded",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(id),
        Optional.empty(),
        Optional.of(Team.seal(id, MeshKey.generate(1), owner.publicKey(), owner)),
        Optional.empty(),
        Optional.of(token),
        Optional.empty());
  }

  private static MeshRequest.Create old(String user, Optional<String> pubkey) {
    return new MeshRequest.Create(
        "Old",
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        pubkey,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(user));
  }
}
