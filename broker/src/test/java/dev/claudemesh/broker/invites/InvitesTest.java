package dev.claudemesh.broker.invites;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.Team.Mesh;
import dev.claudemesh.broker.Team.Person;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.MeshCreation;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.db.jooq.Tables;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.InviteRequest.Preset;
import dev.claudemesh.protocol.members.MemberReply;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InvitesTest {
  private static TestDatabase database;
  private static Database wide;
  private static Team team;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
    wide = Team.wide(database);
    team = new Team(wide, MeshCreation.OPEN, Optional.empty(), false);
  }

  @AfterAll
  static void close() {
    wide.close();
    database.close();
  }

  @Test
  void a_code_lets_a_newcomer_in_and_the_key_comes_later() {
    Mesh mesh = team.mesh("Welcome");
    InviteReply.Created invite = invite(mesh, 1);
    assertThat(invite.url()).isEqualTo("http://broker.example:7900/i/" + invite.code());
    SecretKey ben = Keys.generate();
    InviteReply.Claimed claimed = team.call(team.claim(invite.code(), ben, "Ben"));
    assertThat(claimed.meshId()).isEqualTo(mesh.id());
    assertThat(claimed.keyStatus()).contains("pending");
    assertThat(claimed.sealedRootKey()).isEmpty();
    assertThat(claimed.ownerPubkey()).isEqualTo(mesh.owner().pubkey());
    assertThat(claimed.displayName()).contains("Ben");
    assertThat(team.member(new Person(ben, mesh.id(), claimed.memberId())).admin()).isFalse();
    assertThat(team.happened())
        .contains(
            new Happening.MemberJoined(mesh.id(), claimed.memberId()),
            new Happening.KeyNeeded(mesh.id(), claimed.memberId(), 1));
  }

  @Test
  void of_20_who_claim_at_once_exactly_max_uses_get_in() throws Exception {
    Mesh mesh = team.mesh("Crowd");
    InviteReply.Created invite = invite(mesh, 7);
    List<String> ends =
        atOnce(20, () -> end(team.claim(invite.code(), Keys.generate(), "Somebody")));
    assertThat(ends).filteredOn("in"::equals).hasSize(7);
    assertThat(ends).filteredOn("invite_exhausted"::equals).hasSize(13);
    assertThat(members(mesh)).isEqualTo(8);
  }

  @Test
  void one_key_that_claims_20_times_at_once_takes_one_use() throws Exception {
    Mesh mesh = team.mesh("Impatient");
    InviteReply.Created invite = invite(mesh, 5);
    SecretKey ben = Keys.generate();
    List<String> ends = atOnce(20, () -> end(team.claim(invite.code(), ben, "Ben")));
    assertThat(ends).containsOnly("in", "already");
    assertThat(ends).filteredOn("in"::equals).hasSize(1);
    assertThat(usesLeft(mesh, invite)).isEqualTo(4);
  }

  @Test
  void who_is_in_already_takes_no_use() {
    Mesh mesh = team.mesh("Again");
    InviteReply.Created invite = invite(mesh, 2);
    SecretKey ben = Keys.generate();
    String id = team.call(team.claim(invite.code(), ben, "Ben")).memberId();
    InviteReply.Claimed again = team.call(team.claim(invite.code(), ben, "Benjamin"));
    assertThat(again.memberId()).isEqualTo(id);
    assertThat(again.alreadyMember()).contains(true);
    assertThat(usesLeft(mesh, invite)).isEqualTo(1);
  }

  @Test
  void a_claim_without_a_proven_key_is_refused() {
    Mesh mesh = team.mesh("Unproven");
    InviteReply.Created invite = invite(mesh, 1);
    InviteRequest.Claim good = team.claim(invite.code(), Keys.generate(), "Ben");
    InviteRequest.Claim noKey =
        new InviteRequest.Claim(
            good.code(),
            good.recipientX25519Pubkey(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            good.displayName());
    Refusal.expect(ProblemCode.INVALID_REQUEST, () -> team.call(noKey));
    InviteRequest.Claim anothersKey =
        new InviteRequest.Claim(
            good.code(),
            good.recipientX25519Pubkey(),
            Optional.of(Keys.generate().publicKey().hex()),
            good.signature(),
            good.timestamp(),
            good.displayName());
    Refusal.expect(ProblemCode.BAD_SIGNATURE, () -> team.call(anothersKey));
    assertThat(members(mesh)).isEqualTo(1);
  }

  @Test
  void withdrawn_expired_and_unknown_codes_let_nobody_in() {
    Team clocked = new Team(database.database());
    Mesh mesh = clocked.mesh("Closed");
    InviteReply.Created withdrawn =
        clocked.as(mesh.owner(), clocked.invite(mesh.owner(), 2, "member", 1));
    InviteReply.Created expired =
        clocked.as(mesh.owner(), clocked.invite(mesh.owner(), 2, "member", 1));
    clocked.as(mesh.owner(), new InviteRequest.Revoke(withdrawn.code()));
    Refusal.expect(
        ProblemCode.INVITE_REVOKED,
        () -> clocked.call(clocked.claim(withdrawn.code(), Keys.generate(), "Ben")));
    clocked.advance(Duration.ofDays(7));
    Refusal.expect(
        ProblemCode.INVITE_EXPIRED,
        () -> clocked.call(clocked.claim(expired.code(), Keys.generate(), "Ben")));
    Refusal.expect(
        ProblemCode.INVITE_EXPIRED, () -> clocked.call(new InviteRequest.Preview(expired.code())));
    Refusal.expect(
        ProblemCode.INVITE_NOT_FOUND,
        () -> clocked.call(clocked.claim("ZZZZZZZZ", Keys.generate(), "Ben")));
  }

  @Test
  void a_deleted_meshs_invites_are_gone() {
    Mesh mesh = team.mesh("Deleted");
    InviteReply.Created invite = invite(mesh, 1);
    team.as(mesh.owner(), new MeshRequest.Delete());
    Refusal.expect(
        ProblemCode.INVITE_NOT_FOUND,
        () -> team.call(team.claim(invite.code(), Keys.generate(), "Ben")));
  }

  @Test
  void who_was_removed_does_not_come_back_by_an_invite() {
    Mesh mesh = team.mesh("Banned");
    Person ben = team.join(mesh, "Ben");
    team.as(mesh.owner(), new MemberRequest.Ban(ben.memberId()));
    InviteReply.Created invite = invite(mesh, 3);
    Refusal.expect(
        ProblemCode.REVOKED, () -> team.call(team.claim(invite.code(), ben.key(), "Ben")));
    assertThat(usesLeft(mesh, invite)).isEqualTo(3);
  }

  @Test
  void who_left_comes_back_as_the_same_member() {
    Mesh mesh = team.mesh("Back");
    Person ben = team.join(mesh, "Ben");
    team.as(ben, new MemberRequest.Leave());
    InviteReply.Created invite = invite(mesh, 1);
    InviteReply.Claimed claimed = team.call(team.claim(invite.code(), ben.key(), "Ben II"));
    assertThat(claimed.memberId()).isEqualTo(ben.memberId());
    assertThat(claimed.alreadyMember()).isEmpty();
    assertThat(team.member(ben).displayName()).isEqualTo("Ben II");
    Refusal.expect(
        ProblemCode.INVITE_EXHAUSTED,
        () -> team.call(team.claim(invite.code(), Keys.generate(), "Cleo")));
  }

  @Test
  void who_comes_back_may_do_what_the_new_invite_says_and_no_more() {
    Mesh mesh = team.mesh("Fresh start");
    Person ben = team.join(mesh, "Ben");
    team.as(
        mesh.owner(),
        new MemberRequest.SetPermissions(ben.memberId(), Map.of("canDeleteMesh", true)));
    team.as(ben, new MemberRequest.Leave());
    team.call(team.claim(invite(mesh, 1).code(), ben.key(), "Ben"));
    assertThat(team.member(ben).permissions()).isEqualTo(Permissions.MEMBER);
  }

  @Test
  void an_admins_invite_counts_while_they_are_one() {
    Mesh mesh = team.mesh("Version three");
    Person ada = team.join(mesh, "Ada", "admin");
    InviteReply.Created good = team.as(ada, team.invite(ada, 3, "member", 1));
    InviteReply.Created late = team.as(ada, team.invite(ada, 3, "member", 1));
    assertThat(team.call(team.claim(good.code(), Keys.generate(), "Ben")).issuerPubkey())
        .contains(ada.pubkey());
    team.as(mesh.owner(), new MemberRequest.Ban(ada.memberId()));
    Refusal.expect(
        ProblemCode.INVITE_REVOKED,
        () -> team.call(team.claim(late.code(), Keys.generate(), "Cleo")));
  }

  @Test
  void a_preset_is_what_the_newcomer_gets() {
    Mesh mesh = team.mesh("Preset");
    InviteRequest.Create plain = team.invite(mesh.owner(), 2, "member", 1);
    Preset preset =
        new Preset(
            Optional.of("Reviewer"),
            Optional.of("review"),
            Optional.of(List.of(new GroupRole("backend", Optional.empty()))),
            Optional.of("inbox"));
    InviteReply.Created invite = team.as(mesh.owner(), preset(plain, preset));
    String id = team.call(team.claim(invite.code(), Keys.generate(), "Ben")).memberId();
    MemberReply.Member member =
        team.as(mesh.owner(), new MemberRequest.ListMembers()).members().stream()
            .filter(one -> one.id().equals(id))
            .findFirst()
            .orElseThrow();
    assertThat(member.displayName()).isEqualTo("Reviewer");
    assertThat(member.roleTag()).contains("review");
    assertThat(member.messageMode()).isEqualTo("inbox");
    assertThat(member.groups()).extracting(GroupRole::name).containsExactly("backend");
    assertThat(member.keyPending()).contains(true);
  }

  @Test
  void a_code_is_one_invites_own_and_a_repeated_request_is_the_same_invite() {
    Mesh mesh = team.mesh("Codes");
    InviteRequest.Create request = team.invite(mesh.owner(), 2, "member", 1);
    InviteReply.Created first = team.as(mesh.owner(), request);
    assertThat(team.as(mesh.owner(), request)).isEqualTo(first);
    InviteRequest.Create other = team.invite(mesh.owner(), 2, "member", 1);
    Refusal.expect(ProblemCode.EXISTS, () -> team.as(mesh.owner(), code(other, first.code())));
  }

  @Test
  void a_preview_tells_what_the_invite_offers() {
    Mesh mesh = team.mesh("Preview");
    InviteReply.Created invite = invite(mesh, 3);
    InviteReply.Preview preview = team.call(new InviteRequest.Preview(invite.code()));
    assertThat(preview.meshName()).isEqualTo("Preview");
    assertThat(preview.inviter()).isEqualTo("Olga");
    assertThat(preview.usesLeft()).isEqualTo(3);
    assertThat(preview.memberCount()).isEqualTo(1);
  }

  @Test
  void open_invites_are_listed_and_withdrawn_ones_are_not() {
    Mesh mesh = team.mesh("List");
    InviteReply.Created open = invite(mesh, 1);
    InviteReply.Created withdrawn = invite(mesh, 1);
    team.as(mesh.owner(), new InviteRequest.Revoke(withdrawn.code()));
    assertThat(team.as(mesh.owner(), new InviteRequest.ListOpen()).invites())
        .extracting(InviteReply.Invite::id)
        .containsExactly(open.inviteId());
    Mesh other = team.mesh("Not this one");
    Refusal.expect(
        ProblemCode.NOT_FOUND, () -> team.as(other.owner(), new InviteRequest.Revoke(open.code())));
  }

  @Test
  void a_v1_token_for_a_mesh_whose_members_hold_the_key_is_refused() {
    Mesh mesh = team.mesh("Token");
    InviteRequest.Create plain = team.invite(mesh.owner(), 2, "member", 1);
    Refusal.expect(
        ProblemCode.ENCRYPTION_REQUIRED,
        () -> team.as(mesh.owner(), token(plain, "a-token-that-would-show-the-key")));
    assertThat(
            database
                .database()
                .dsl()
                .fetchCount(
                    Tables.INVITE,
                    Tables.INVITE.TOKEN.isNotNull().and(Tables.INVITE.MESH_ID.eq(mesh.id()))))
        .isZero();
  }

  private static String end(InviteRequest.Claim claim) {
    try {
      return team.call(claim).alreadyMember().isPresent() ? "already" : "in";
    } catch (Problem problem) {
      return problem.code().wireName();
    }
  }

  private static List<String> atOnce(int threads, Supplier<String> call) throws Exception {
    CountDownLatch start = new CountDownLatch(1);
    List<Future<String>> running = new ArrayList<>();
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < threads; i++) {
        running.add(
            executor.submit(() -> {
              start.await();
              return call.get();
            }));
      }
      start.countDown();
    }
    List<String> ends = new ArrayList<>();
    for (Future<String> one : running) {
      ends.add(one.get());
    }
    return ends;
  }

  private static InviteReply.Created invite(Mesh mesh, int maxUses) {
    return team.as(mesh.owner(), team.invite(mesh.owner(), 2, "member", maxUses));
  }

  private static int members(Mesh mesh) {
    return team.as(mesh.owner(), new MemberRequest.ListMembers()).members().size();
  }

  private static int usesLeft(Mesh mesh, InviteReply.Created invite) {
    return team.as(mesh.owner(), new InviteRequest.ListOpen()).invites().stream()
        .filter(open -> open.id().equals(invite.inviteId()))
        .findFirst()
        .orElseThrow()
        .usesLeft();
  }

  private static InviteRequest.Create preset(InviteRequest.Create plain, Preset preset) {
    return copy(plain, plain.code(), Optional.empty(), Optional.of(preset));
  }

  private static InviteRequest.Create code(InviteRequest.Create plain, String code) {
    return copy(plain, Optional.of(code), Optional.empty(), Optional.empty());
  }

  private static InviteRequest.Create token(InviteRequest.Create plain, String token) {
    return copy(plain, plain.code(), Optional.of(token), Optional.empty());
  }

  private static InviteRequest.Create copy(
      InviteRequest.Create plain,
      Optional<String> code,
      Optional<String> token,
      Optional<Preset> preset) {
    return new InviteRequest.Create(
        plain.inviteId(),
        code,
        plain.version(),
        plain.canonical(),
        plain.signature(),
        token,
        plain.role(),
        plain.expiresAt(),
        plain.maxUses(),
        preset,
        plain.email(),
        plain.userId());
  }
}
