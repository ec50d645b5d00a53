package dev.claudemesh.broker.meshes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.Team.Mesh;
import dev.claudemesh.broker.Team.Person;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.db.jooq.Tables;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.MeshRequest;
import dev.claudemesh.protocol.meshes.MeshRequest.SealedFor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EpochKeysTest {
  private static TestDatabase database;
  private static Database wide;
  private static Team team;
  private static EpochKeyStore store;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
    wide = Team.wide(database);
    team = new Team(wide);
    store = new EpochKeyStore(database.database());
  }

  @AfterAll
  static void close() {
    wide.close();
    database.close();
  }

  @Test
  void a_newcomer_lacks_the_key_until_a_member_seals_it() {
    Mesh mesh = team.mesh("Newcomer");
    Person ben = team.join(mesh, "Ben");
    KeyRequest request = store.couldGive(mesh.id(), mesh.owner().memberId(), 10).getFirst();
    assertThat(request.memberPubkey()).isEqualTo(ben.pubkey());
    assertThat(store.lackedBy(mesh.id(), ben.memberId()))
        .extracting(KeyRequest::epoch)
        .containsExactly(1);
    team.as(mesh.owner(), seal(mesh, mesh.owner(), ben, mesh.key()));
    EpochKey sealed = store.ofMember(mesh.id(), ben.memberId(), List.of()).getFirst();
    assertThat(MeshKey.openSealed(1, sealed.sealedKey(), ben.key())).contains(mesh.key());
    assertThat(store.couldGive(mesh.id(), mesh.owner().memberId(), 10)).isEmpty();
    assertThat(store.ofMember(mesh.id(), ben.memberId(), Set.of(1))).isEmpty();
  }

  @Test
  void whoever_comes_after_a_newcomer_is_asked_for_the_key_though_nobody_lacked_one_before() {
    Mesh mesh = team.mesh("Before");
    assertThat(team.keyState(mesh.owner()).requests()).isEmpty();

    Person ben = team.join(mesh, "Ben");

    assertThat(team.keyState(mesh.owner()).requests())
        .extracting(KeyRequest::memberPubkey)
        .containsExactly(ben.pubkey());
  }

  @Test
  void the_request_carries_the_proofs_by_which_a_member_can_check_it() {
    Mesh mesh = team.mesh("Proofs");
    Person ben = team.join(mesh, "Ben");
    KeyRequest.InviteProof proof =
        store.couldGive(mesh.id(), mesh.owner().memberId(), 10).getFirst().invite().orElseThrow();
    assertThat(
            Keys.verify(new PublicKey(proof.issuerPubkey()), proof.canonical(), proof.signature()))
        .isTrue();
    assertThat(proof.issuerPubkey()).isEqualTo(mesh.owner().pubkey());
    String claim =
        Canonical.claim(
            proof.code().orElseThrow(),
            proof.recipientX25519Pubkey().orElseThrow(),
            proof.timestamp().orElseThrow());
    assertThat(Keys.verify(ben.key().publicKey(), claim, proof.claimSignature().orElseThrow()))
        .isTrue();
  }

  @Test
  void whoever_does_not_hold_a_key_cannot_hand_one_on() {
    Mesh mesh = team.mesh("Slip in");
    Person ben = team.join(mesh, "Ben");
    Person cleo = team.join(mesh, "Cleo");
    Refusal.expect(
        ProblemCode.FORBIDDEN, () -> team.as(ben, seal(mesh, ben, cleo, MeshKey.generate(1))));
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () -> team.as(mesh.owner(), seal(mesh, mesh.owner(), cleo, MeshKey.generate(2))));
  }

  @Test
  void a_seal_in_anothers_name_is_refused() {
    Mesh mesh = team.mesh("In the name of");
    Person ben = team.join(mesh, "Ben");
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE, () -> team.as(mesh.owner(), seal(mesh, ben, ben, mesh.key())));
  }

  @Test
  void a_key_is_sealed_only_to_members_of_this_mesh() {
    Mesh mesh = team.mesh("Strangers");
    Mesh other = team.mesh("Others");
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () -> team.as(mesh.owner(), seal(mesh, mesh.owner(), other.owner(), mesh.key())));
    Person ben = team.join(mesh, "Ben");
    team.as(mesh.owner(), new MemberRequest.Ban(ben.memberId()));
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () -> team.as(mesh.owner(), seal(mesh, mesh.owner(), ben, mesh.key())));
  }

  @Test
  void of_two_who_seal_the_same_key_the_first_counts_and_the_second_is_thanked() {
    Mesh mesh = team.mesh("Two seal");
    Person ben = team.join(mesh, "Ben");
    Person cleo = team.join(mesh, "Cleo");
    team.as(mesh.owner(), seal(mesh, mesh.owner(), ben, mesh.key()));
    team.as(mesh.owner(), seal(mesh, mesh.owner(), cleo, mesh.key()));
    team.as(ben, seal(mesh, ben, cleo, mesh.key()));
    assertThat(store.ofMember(mesh.id(), cleo.memberId(), List.of()))
        .extracting(EpochKey::sealedBy)
        .containsExactly(mesh.owner().pubkey());
  }

  @Test
  void a_rotation_reaches_every_member() {
    Mesh mesh = team.mesh("Rotate");
    Person ben = team.join(mesh, "Ben");
    MeshKey next = MeshKey.generate(2);
    team.as(mesh.owner(), rotate(mesh, mesh.owner(), next, mesh.owner(), ben));
    EpochKey sealed = store.ofMember(mesh.id(), ben.memberId(), List.of()).getFirst();
    assertThat(MeshKey.openSealed(2, sealed.sealedKey(), ben.key())).contains(next);
    assertThat(new MeshStore(database.database()).find(mesh.id()).orElseThrow().epoch())
        .isEqualTo(2);
  }

  @Test
  void a_rotation_that_leaves_somebody_out_changes_nothing() {
    Mesh mesh = team.mesh("Left out");
    Person ben = team.join(mesh, "Ben");
    MeshKey next = MeshKey.generate(2);
    Problem problem =
        Refusal.expect(
            ProblemCode.INVALID_REQUEST,
            () -> team.as(mesh.owner(), rotate(mesh, mesh.owner(), next, mesh.owner())));
    assertThat(problem.details().orElseThrow().get("missing").get(0).asString())
        .isEqualTo(ben.pubkey());
    assertThat(new MeshStore(database.database()).find(mesh.id()).orElseThrow().epoch())
        .isEqualTo(1);
  }

  @Test
  void of_two_admins_who_rotate_at_once_one_wins_and_the_other_gets_stale_epoch() throws Exception {
    Mesh mesh = team.mesh("Race");
    Person admin = team.join(mesh, "Ada", "admin");
    List<Future<String>> results = new ArrayList<>();
    CountDownLatch start = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Person who : List.of(mesh.owner(), admin)) {
        MeshRequest.RotateKey request = rotate(mesh, who, MeshKey.generate(2), mesh.owner(), admin);
        results.add(
            threads.submit(() -> {
              start.await();
              try {
                team.as(who, request);
                return "won " + who.pubkey();
              } catch (Problem problem) {
                return problem.code().wireName()
                    + " "
                    + problem.details().orElseThrow().get("epoch").asInt();
              }
            }));
      }
      start.countDown();
    }
    List<String> ends = List.of(results.get(0).get(), results.get(1).get());
    assertThat(ends).filteredOn(end -> end.startsWith("won ")).hasSize(1);
    assertThat(ends).contains("stale_epoch 2");
    String winner =
        ends.stream().filter(end -> end.startsWith("won ")).findFirst().orElseThrow().substring(4);
    assertThat(store.ofMember(mesh.id(), admin.memberId(), Set.of(1)))
        .extracting(EpochKey::sealedBy)
        .containsExactly(winner);
  }

  @Test
  void an_epoch_cannot_be_skipped_nor_repeated() {
    Mesh mesh = team.mesh("Skip");
    for (int epoch : new int[] {1, 3}) {
      MeshRequest.RotateKey wrong =
          rotate(mesh, mesh.owner(), MeshKey.generate(epoch), mesh.owner());
      Refusal.expect(ProblemCode.STALE_EPOCH, () -> team.as(mesh.owner(), wrong));
    }
  }

  @Test
  void who_came_after_an_epoch_ended_does_not_get_its_key_and_who_was_there_does() {
    Team clocked = new Team(database.database());
    Mesh mesh = clocked.mesh("History");
    Person early = clocked.join(mesh, "Early");
    clocked.advance(Duration.ofMinutes(1));
    clocked.as(mesh.owner(), rotate(mesh, mesh.owner(), MeshKey.generate(2), mesh.owner(), early));
    clocked.advance(Duration.ofMinutes(1));
    Person late = clocked.join(mesh, "Late");
    assertThat(store.lackedBy(mesh.id(), early.memberId()))
        .extracting(KeyRequest::epoch)
        .containsExactly(1);
    assertThat(store.lackedBy(mesh.id(), late.memberId()))
        .extracting(KeyRequest::epoch)
        .containsExactly(2);
  }

  @Test
  void who_was_taken_back_does_not_get_the_keys_of_the_time_between() {
    Team clocked = new Team(database.database());
    Mesh mesh = clocked.mesh("Between");
    Person ben = clocked.join(mesh, "Ben");
    clocked.as(mesh.owner(), new MemberRequest.Ban(ben.memberId()));
    for (int epoch = 2; epoch <= 3; epoch++) {
      clocked.advance(Duration.ofMinutes(1));
      clocked.as(mesh.owner(), rotate(mesh, mesh.owner(), MeshKey.generate(epoch), mesh.owner()));
    }
    clocked.advance(Duration.ofMinutes(1));
    clocked.as(mesh.owner(), new MemberRequest.Unban("Ben"));
    assertThat(store.lackedBy(mesh.id(), ben.memberId()))
        .extracting(KeyRequest::epoch)
        .containsExactly(3);
  }

  @Test
  void a_removed_member_who_holds_the_current_key_makes_a_rotation_needed() {
    Mesh mesh = team.mesh("Needed");
    Person ben = team.join(mesh, "Ben");
    Person cleo = team.join(mesh, "Cleo");
    team.as(mesh.owner(), new MemberRequest.Ban(cleo.memberId()));
    assertThat(store.rotationNeeded(mesh.id())).as("Cleo never had the key").isFalse();
    team.as(mesh.owner(), seal(mesh, mesh.owner(), ben, mesh.key()));
    team.as(mesh.owner(), new MemberRequest.Ban(ben.memberId()));
    assertThat(store.rotationNeeded(mesh.id())).isTrue();
    team.as(mesh.owner(), rotate(mesh, mesh.owner(), MeshKey.generate(2), mesh.owner()));
    assertThat(store.rotationNeeded(mesh.id())).isFalse();
    assertThat(
            database
                .database()
                .dsl()
                .fetchCount(
                    Tables.EPOCH_KEY,
                    Tables.EPOCH_KEY.MESH_ID.eq(mesh.id()).and(Tables.EPOCH_KEY.EPOCH.eq(2))))
        .as("sealed to the owner alone")
        .isEqualTo(1);
  }

  private static MeshRequest.SealKey seal(Mesh mesh, Person by, Person to, MeshKey key) {
    EpochKey sealed = Team.seal(mesh.id(), key, to.key().publicKey(), by.key());
    return new MeshRequest.SealKey(
        to.pubkey(), key.epoch(), sealed.sealedKey(), sealed.signature());
  }

  private static MeshRequest.RotateKey rotate(Mesh mesh, Person by, MeshKey next, Person... to) {
    return new MeshRequest.RotateKey(
        next.epoch(),
        Stream.of(to)
            .map(person -> {
              EpochKey sealed = Team.seal(mesh.id(), next, person.key().publicKey(), by.key());
              return new SealedFor(person.pubkey(), sealed.sealedKey(), sealed.signature());
            })
            .toList());
  }
}
