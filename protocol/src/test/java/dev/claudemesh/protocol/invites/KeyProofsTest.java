package dev.claudemesh.protocol.invites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.KeyRequest.InviteProof;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A broker that lies does not get the mesh key: each lie is refused, and the refusal says which it
/// was.
class KeyProofsTest {
  private static final String MESH = "mesh0000000000000000000000000001";
  private static final String CODE = "ABCD2345";
  private static final long EXPIRES = 1_770_000_000L;
  private static final long CLAIMED = 1_769_999_999_000L;

  private final SecretKey owner = Keys.generate();
  private final SecretKey admin = Keys.generate();
  private final SecretKey member = Keys.generate();
  private final SecretKey newcomer = Keys.generate();
  private final List<Member> members =
      List.of(
          member(owner, "admin", true),
          member(admin, "admin", false),
          member(member, "member", false));

  @Test
  void an_invite_of_the_owner_is_enough() {
    assertThat(refusal(request(proof(SignedInvite.BY_OWNER, MESH, owner)))).isEmpty();
  }

  @Test
  void an_invite_of_an_admin_is_enough() {
    assertThat(refusal(request(proof(SignedInvite.BY_ADMIN, MESH, admin)))).isEmpty();
    assertThat(refusal(request(proof(SignedInvite.BY_ADMIN, MESH, owner)))).isEmpty();
  }

  @Test
  void nobody_else_can_invite() {
    assertRefused(request(proof(SignedInvite.BY_ADMIN, MESH, member)), "no admin of the mesh");
    assertRefused(request(proof(SignedInvite.BY_ADMIN, MESH, newcomer)), "no admin of the mesh");
    assertRefused(request(proof(SignedInvite.BY_OWNER, MESH, admin)), "names another key");
  }

  @Test
  void a_newcomer_without_an_invite_is_refused() {
    assertRefused(
        new KeyRequest("id", newcomer.publicKey().hex(), "Nora", 1, Optional.empty()), "no invite");
  }

  @Test
  void an_invite_to_another_mesh_is_refused() {
    assertRefused(request(proof(SignedInvite.BY_OWNER, "mesh2", owner)), "another mesh");
  }

  @Test
  void a_signature_of_somebody_else_is_refused() {
    InviteProof good = proof(SignedInvite.BY_OWNER, MESH, owner);

    assertRefused(
        request(with(good, good.canonical(), Keys.sign(admin, good.canonical()))),
        "signature of their invite is wrong");
    assertRefused(request(with(good, good.canonical(), "")), "signature of their invite is wrong");
    assertRefused(
        request(with(good, good.canonical().replace("|member|", "|admin|"), good.signature())),
        "signature of their invite is wrong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "v=2",
        "1|mesh|team|ws://x/ws|1|key|member|aa",
        "v=2|m|i|01|member|",
        "nonsense"
      })
  void an_invite_of_another_form_is_refused(String canonical) {
    InviteProof good = proof(SignedInvite.BY_OWNER, MESH, owner);
    assertRefused(
        request(with(good, canonical, Keys.sign(owner, canonical))), "old kind of invite");
  }

  @Test
  void what_the_broker_says_beside_the_signed_text_must_agree_with_it() {
    InviteProof p = proof(SignedInvite.BY_ADMIN, MESH, admin);

    assertRefused(
        request(
            new InviteProof(
                2,
                p.canonical(),
                p.issuerPubkey(),
                p.signature(),
                p.code(),
                p.recipientX25519Pubkey(),
                p.timestamp(),
                p.claimSignature())),
        "something else");
    assertRefused(
        request(
            new InviteProof(
                3,
                p.canonical(),
                owner.publicKey().hex(),
                p.signature(),
                p.code(),
                p.recipientX25519Pubkey(),
                p.timestamp(),
                p.claimSignature())),
        "something else");
  }

  @Test
  void somebody_elses_invite_cannot_be_used_for_a_key_that_did_not_sign_the_claim() {
    SecretKey invented = Keys.generate();

    assertRefused(
        new KeyRequest(
            "id",
            invented.publicKey().hex(),
            "Eve",
            1,
            Optional.of(proof(SignedInvite.BY_OWNER, MESH, owner))),
        "their own signature");
  }

  @Test
  void a_claim_must_be_complete_and_made_while_the_invite_was_good() {
    InviteProof p = proof(SignedInvite.BY_OWNER, MESH, owner);

    assertRefused(
        request(claim(p, Optional.empty(), p.timestamp(), p.claimSignature())),
        "no signature of theirs");
    assertRefused(
        request(claim(p, p.code(), Optional.empty(), p.claimSignature())),
        "no signature of theirs");
    assertRefused(
        request(claim(p, p.code(), p.timestamp(), Optional.empty())), "no signature of theirs");
    assertRefused(
        request(claim(p, Optional.of("WXYZ2345"), p.timestamp(), p.claimSignature())),
        "their own signature");
    assertRefused(
        request(claim(p, p.code(), Optional.of(CLAIMED + 1), p.claimSignature())),
        "their own signature");
    assertRefused(
        request(claim(p, p.code(), Optional.of((EXPIRES + 1) * 1000), p.claimSignature())),
        "after it had ended");
  }

  @Test
  void the_pinned_owner_counts_and_a_broker_that_names_another_is_found_out() {
    KeyRequest request = request(proof(SignedInvite.BY_OWNER, MESH, admin));

    assertThat(
            KeyProofs.refusal(
                MESH,
                Optional.of(owner.publicKey()),
                request,
                List.of(member(admin, "admin", true))))
        .hasValueSatisfying(reason -> assertThat(reason).contains("another owner"));
    assertThat(
            KeyProofs.refusal(
                MESH, Optional.empty(), request, List.of(member(admin, "admin", true))))
        .isEmpty();
    assertThat(KeyProofs.refusal(MESH, Optional.empty(), request, List.of()))
        .hasValueSatisfying(reason -> assertThat(reason).contains("nobody knows who owns"));
    assertThat(KeyProofs.refusal(MESH, Optional.of(admin.publicKey()), request, List.of()))
        .isEmpty();
  }

  @Test
  void a_key_that_is_no_key_is_refused() {
    assertRefused(
        new KeyRequest(
            "id", "XYZ", "Eve", 1, Optional.of(proof(SignedInvite.BY_OWNER, MESH, owner))),
        "no key");
  }

  @Test
  void a_sealed_mesh_key_is_taken_from_a_member_who_signed_for_exactly_it() {
    MeshKey key = MeshKey.generate(2);
    String sealed = key.sealTo(newcomer.publicKey());
    EpochKey good =
        epochKey(2, sealed, member, Canonical.seal(MESH, 2, newcomer.publicKey().hex(), sealed));

    assertThat(taken(good)).isEmpty();
    assertThat(
            taken(
                epochKey(
                    3,
                    sealed,
                    member,
                    Canonical.seal(MESH, 2, newcomer.publicKey().hex(), sealed))))
        .hasValueSatisfying(reason -> assertThat(reason).contains("signature of its sealer"));
    assertThat(
            taken(
                epochKey(
                    2,
                    sealed,
                    member,
                    Canonical.seal("mesh2", 2, newcomer.publicKey().hex(), sealed))))
        .isPresent();
    assertThat(
            taken(
                epochKey(
                    2, sealed, member, Canonical.seal(MESH, 2, owner.publicKey().hex(), sealed))))
        .isPresent();
    assertThat(
            taken(
                epochKey(
                    2,
                    key.sealTo(newcomer.publicKey()),
                    member,
                    Canonical.seal(MESH, 2, newcomer.publicKey().hex(), sealed))))
        .isPresent();
    SecretKey stranger = Keys.generate();
    assertThat(
            taken(
                epochKey(
                    2,
                    sealed,
                    stranger,
                    Canonical.seal(MESH, 2, newcomer.publicKey().hex(), sealed))))
        .hasValueSatisfying(reason -> assertThat(reason).contains("no member"));
    assertThat(taken(new EpochKey(2, sealed, "nonsense", good.signature())))
        .hasValueSatisfying(reason -> assertThat(reason).contains("no key"));
  }

  @Test
  void a_newcomer_believes_only_whom_the_link_is_from() {
    InviteLink fromAdmin =
        InviteLink.to(java.net.URI.create("http://127.0.0.1:7900"), CODE, admin.publicKey());
    InviteLink bare = InviteLink.parse(CODE);

    assertThat(
            KeyProofs.refusal(fromAdmin, claimed(proof(SignedInvite.BY_ADMIN, MESH, admin), MESH)))
        .isEmpty();
    assertThat(KeyProofs.refusal(bare, claimed(proof(SignedInvite.BY_OWNER, MESH, owner), MESH)))
        .isEmpty();
    assertThat(
            KeyProofs.refusal(fromAdmin, claimed(proof(SignedInvite.BY_OWNER, MESH, owner), MESH)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("whoever sent you the link"));
    assertThat(KeyProofs.refusal(bare, claimed(proof(SignedInvite.BY_OWNER, MESH, owner), "mesh2")))
        .hasValueSatisfying(reason -> assertThat(reason).contains("something else"));
    assertThat(KeyProofs.refusal(bare, claimed(proof(SignedInvite.BY_OWNER, MESH, admin), MESH)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("something else"));
    InviteProof good = proof(SignedInvite.BY_OWNER, MESH, owner);
    assertThat(
            KeyProofs.refusal(bare, claimed(with(good, good.canonical(), "00".repeat(64)), MESH)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("signature of the invite"));
    assertThat(KeyProofs.refusal(bare, claimed(with(good, "v=1", good.signature()), MESH)))
        .hasValueSatisfying(reason -> assertThat(reason).contains("no signed invite"));
  }

  @Test
  void a_signed_invite_is_read_back_from_its_text() {
    SignedInvite invite =
        new SignedInvite(3, MESH, "inv_0123456789abcdef", EXPIRES, "admin", admin.publicKey());

    assertThat(invite.canonical())
        .isEqualTo(
            "v=3|" + MESH + "|inv_0123456789abcdef|1770000000|admin|" + admin.publicKey().hex());
    assertThat(SignedInvite.parse(invite.canonical())).contains(invite);
    assertThat(invite.isSignedBy(invite.sign(admin))).isTrue();
    assertThatThrownBy(() -> invite.sign(owner)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SignedInvite(3, "a|b", "i", 1, "admin", admin.publicKey()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SignedInvite(1, "a", "i", 1, "admin", admin.publicKey()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new SignedInvite(2, "a", "i", 1, "owner", admin.publicKey()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(SignedInvite.parse(invite.canonical() + "\n")).isEmpty();
    assertThat(SignedInvite.parse(invite.canonical().replace("|1770000000|", "|01770000000|")))
        .isEmpty();
  }

  private Optional<String> refusal(KeyRequest request) {
    return KeyProofs.refusal(MESH, Optional.of(owner.publicKey()), request, members);
  }

  private void assertRefused(KeyRequest request, String reason) {
    assertThat(refusal(request)).hasValueSatisfying(why -> assertThat(why).contains(reason));
  }

  private Optional<String> taken(EpochKey key) {
    return KeyProofs.refusal(MESH, key, newcomer.publicKey(), members);
  }

  private KeyRequest request(InviteProof proof) {
    return new KeyRequest("id", newcomer.publicKey().hex(), "Nora", 1, Optional.of(proof));
  }

  private InviteProof proof(int version, String mesh, SecretKey issuer) {
    SignedInvite invite =
        new SignedInvite(version, mesh, "invite0000000001", EXPIRES, "member", issuer.publicKey());
    String x25519 = Keys.x25519Public(newcomer);
    return new InviteProof(
        version,
        invite.canonical(),
        issuer.publicKey().hex(),
        invite.sign(issuer),
        Optional.of(CODE),
        Optional.of(x25519),
        Optional.of(CLAIMED),
        Optional.of(Keys.sign(newcomer, Canonical.claim(CODE, x25519, CLAIMED))));
  }

  private static InviteProof with(InviteProof p, String canonical, String signature) {
    return new InviteProof(
        p.version(),
        canonical,
        p.issuerPubkey(),
        signature,
        p.code(),
        p.recipientX25519Pubkey(),
        p.timestamp(),
        p.claimSignature());
  }

  private static InviteProof claim(
      InviteProof p, Optional<String> code, Optional<Long> timestamp, Optional<String> signature) {
    return new InviteProof(
        p.version(),
        p.canonical(),
        p.issuerPubkey(),
        p.signature(),
        code,
        p.recipientX25519Pubkey(),
        timestamp,
        signature);
  }

  private static EpochKey epochKey(int epoch, String sealed, SecretKey sealer, String signedText) {
    return new EpochKey(epoch, sealed, sealer.publicKey().hex(), Keys.sign(sealer, signedText));
  }

  private InviteReply.Claimed claimed(InviteProof proof, String mesh) {
    return new InviteReply.Claimed(
        mesh,
        "member1",
        owner.publicKey().hex(),
        proof.canonical(),
        Optional.empty(),
        Optional.of("pending"),
        Optional.of(proof.signature()),
        Optional.of(proof.issuerPubkey()),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of("member"),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static Member member(SecretKey key, String permission, boolean owner) {
    PublicKey pubkey = key.publicKey();
    return new Member(
        pubkey.brief(),
        pubkey.brief(),
        Optional.empty(),
        List.of(),
        "push",
        permission,
        Optional.empty(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(pubkey.hex()),
        Optional.of(owner),
        Optional.empty());
  }
}
