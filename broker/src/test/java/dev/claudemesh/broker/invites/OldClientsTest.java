package dev.claudemesh.broker.invites;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.Team.Person;
import dev.claudemesh.broker.kernel.MeshCreation;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.db.jooq.Tables;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InvitePayload;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.InviteToken;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What clients of the first protocol do, in compat mode: a mesh without keys of their own, v1
/// tokens, claims without proof.
class OldClientsTest {
  private static TestDatabase database;

  private Team team;
  private Person owner;
  private String slug;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void aMeshOfAnOldClient() {
    team = new Team(database.database(), MeshCreation.OPEN, Optional.empty(), true);
    SecretKey key = Keys.generate();
    MeshReply.Created made =
        team.call(
            new MeshRequest.Create(
                "Old",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(key.publicKey().hex()),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of("user-" + key.publicKey().brief())));
    owner = new Person(key, made.id(), made.memberId());
    slug = made.slug();
  }

  @Test
  void a_v1_token_lets_a_newcomer_in_who_can_open_the_key() {
    InviteReply.Created invite = invite();
    String token = token(invite);
    InvitePayload payload = InviteToken.decode(token).orElseThrow();
    assertThat(payload.meshSlug()).isEqualTo(slug);
    assertThat(payload.brokerUrl()).isEqualTo("ws://broker.example:7900/ws");
    assertThat(
            Keys.verify(
                new PublicKey(payload.ownerPubkey()),
                InviteToken.canonical(payload),
                payload.signature()))
        .isTrue();
    SecretKey ben = Keys.generate();
    InviteReply.Joined joined = team.call(join(token, payload, ben));
    assertThat(joined.alreadyMember()).isEmpty();
    assertThat(team.call(join(token, payload, ben)).alreadyMember()).contains(true);
    Refusal.expect(
        ProblemCode.INVITE_EXHAUSTED, () -> team.call(join(token, payload, Keys.generate())));
    String sealed =
        database
            .database()
            .dsl()
            .fetchSingle(Tables.EPOCH_KEY, Tables.EPOCH_KEY.MEMBER_ID.eq(joined.memberId()))
            .getSealedKey();
    assertThat(MeshKey.openSealed(1, sealed, ben).orElseThrow().exposeBase64Url())
        .isEqualTo(payload.meshRootKey());
  }

  @Test
  void the_checks_of_a_join_come_in_the_order_old_clients_know() {
    InviteReply.Created invite = invite();
    String token = token(invite);
    InvitePayload payload = InviteToken.decode(token).orElseThrow();
    Refusal.expect(
        ProblemCode.INVITE_BAD_SIGNATURE,
        () -> team.call(join(token, role(payload, "admin", payload.signature()), Keys.generate())));
    Refusal.expect(
        ProblemCode.MESH_NOT_FOUND,
        () ->
            team.call(
                join(token, signed(payload, "nowhere-at-all-0", owner.key()), Keys.generate())));
    Refusal.expect(
        ProblemCode.INVITE_OWNER_MISMATCH,
        () ->
            team.call(
                join(token, signed(payload, payload.meshId(), Keys.generate()), Keys.generate())));
    Refusal.expect(
        ProblemCode.INVITE_NOT_FOUND, () -> team.call(join(token + "x", payload, Keys.generate())));
    team.as(owner, new InviteRequest.Revoke(invite.code()));
    Refusal.expect(
        ProblemCode.INVITE_REVOKED, () -> team.call(join(token, payload, Keys.generate())));
    String late = token(invite());
    team.advance(Duration.ofDays(8));
    Refusal.expect(
        ProblemCode.INVITE_EXPIRED,
        () -> team.call(join(late, InviteToken.decode(late).orElseThrow(), Keys.generate())));
  }

  @Test
  void the_token_of_one_invite_cannot_be_used_with_the_payload_of_another() {
    String member = token(invite());
    String admin = token(team.as(owner, request("admin")));
    InvitePayload payload = InviteToken.decode(admin).orElseThrow();
    Refusal.expect(
        ProblemCode.INVITE_BAD_SIGNATURE, () -> team.call(join(member, payload, Keys.generate())));
  }

  @Test
  void a_token_of_another_mesh_is_told_apart() {
    String mine = token(invite());
    InvitePayload payload = InviteToken.decode(mine).orElseThrow();
    aMeshOfAnOldClient();
    String theirs = token(invite());
    Refusal.expect(
        ProblemCode.INVITE_MESH_MISMATCH, () -> team.call(join(theirs, payload, Keys.generate())));
  }

  @Test
  void two_invites_made_within_one_second_are_two() {
    InviteReply.Created first = invite();
    InviteReply.Created second = invite();
    assertThat(token(second)).isNotEqualTo(token(first));
  }

  @Test
  void a_claim_without_a_key_of_its_own_gets_the_root_key() {
    InviteReply.Created invite = invite();
    SecretKey newcomer = Keys.generate();
    InviteRequest.Claim claim =
        new InviteRequest.Claim(
            invite.code(),
            Keys.x25519Public(newcomer),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of("Old Ben"));
    InviteReply.Claimed claimed = team.call(claim);
    assertThat(MeshKey.openSealed(1, claimed.sealedRootKey().orElseThrow(), newcomer)).isPresent();
    assertThat(claimed.canonicalV2()).startsWith("v=2|" + owner.meshId() + "|");
    assertThat(team.as(owner, new MemberRequest.ListMembers()).members()).hasSize(2);
    InviteRequest.Claim broken =
        new InviteRequest.Claim(
            invite.code(),
            "!".repeat(43),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    Refusal.expect(ProblemCode.MALFORMED, () -> team.call(broken));
  }

  @Test
  void a_new_client_in_an_old_mesh_gets_its_key_at_once() {
    SecretKey newcomer = Keys.generate();
    InviteReply.Claimed claimed = team.call(team.claim(invite().code(), newcomer, "New"));
    assertThat(claimed.keyStatus()).contains("sealed");
    assertThat(
            MeshKey.openSealed(
                1, claimed.epochKeys().orElseThrow().getFirst().sealedKey(), newcomer))
        .isPresent();
  }

  @Test
  void with_compat_off_a_join_needs_the_signature_of_the_key_that_joins() {
    InviteReply.Created invite = invite();
    String token = token(invite);
    InvitePayload payload = InviteToken.decode(token).orElseThrow();
    Team strict = new Team(database.database());
    SecretKey ben = Keys.generate();
    Refusal.expect(ProblemCode.UNAUTHORIZED, () -> strict.call(join(token, payload, ben)));
    Refusal.expect(
        ProblemCode.UNAUTHORIZED, () -> strict.signed(Keys.generate(), join(token, payload, ben)));
    assertThat(strict.signed(ben, join(token, payload, ben)).ok()).isTrue();
  }

  private InviteReply.Created invite() {
    return team.as(owner, request("member"));
  }

  private static InviteRequest.Create request(String role) {
    return new InviteRequest.Create(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(role),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of("user"));
  }

  private String token(InviteReply.Created invite) {
    return team.call(new InviteRequest.Token(invite.code())).token().orElseThrow();
  }

  private static InviteRequest.Join join(String token, InvitePayload payload, SecretKey newcomer) {
    return new InviteRequest.Join(token, payload, newcomer.publicKey().hex(), "Ben");
  }

  private static InvitePayload role(InvitePayload payload, String role, String signature) {
    return new InvitePayload(
        payload.v(),
        payload.meshId(),
        payload.meshSlug(),
        payload.brokerUrl(),
        payload.expiresAt(),
        payload.meshRootKey(),
        role,
        payload.ownerPubkey(),
        signature);
  }

  private static InvitePayload signed(InvitePayload payload, String meshId, SecretKey by) {
    InvitePayload unsigned =
        new InvitePayload(
            payload.v(),
            meshId,
            payload.meshSlug(),
            payload.brokerUrl(),
            payload.expiresAt(),
            payload.meshRootKey(),
            payload.role(),
            by.publicKey().hex(),
            "");
    return new InvitePayload(
        unsigned.v(),
        unsigned.meshId(),
        unsigned.meshSlug(),
        unsigned.brokerUrl(),
        unsigned.expiresAt(),
        unsigned.meshRootKey(),
        unsigned.role(),
        unsigned.ownerPubkey(),
        Keys.sign(by, InviteToken.canonical(unsigned)));
  }
}
