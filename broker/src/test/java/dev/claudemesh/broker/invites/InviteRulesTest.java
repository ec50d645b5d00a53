package dev.claudemesh.broker.invites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.InviteRequest.Preset;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InviteRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final Duration SKEW = Duration.ofSeconds(60);
  private static final long IN_A_DAY = NOW.plus(Duration.ofDays(1)).getEpochSecond();
  private static final String ID = "invite0123456789";
  private static final SecretKey OWNER_KEY = Keys.generate();
  private static final SecretKey ADMIN_KEY = Keys.generate();
  private static final Member OWNER = member(OWNER_KEY.publicKey(), true, true, Permissions.OWNER);
  private static final Member ADMIN = member(ADMIN_KEY.publicKey(), true, false, Permissions.ADMIN);
  private static final String OWNER_PUBKEY = OWNER_KEY.publicKey().hex();

  @Test
  void an_owner_signs_version_2_and_an_admin_version_3() {
    assertThat(check(v2(IN_A_DAY, "member"), OWNER).version()).isEqualTo(2);
    assertThat(check(v3(IN_A_DAY, "member"), ADMIN).version()).isEqualTo(3);
  }

  @Test
  void an_admin_cannot_sign_version_2() {
    String canonical =
        Canonical.inviteV2("mesh", ID, IN_A_DAY, "member", ADMIN_KEY.publicKey().hex());
    Refusal.expect(
        ProblemCode.FORBIDDEN,
        () ->
            check(
                request(2, canonical, Keys.sign(ADMIN_KEY, canonical), IN_A_DAY, "member"), ADMIN));
  }

  @Test
  void a_member_who_is_no_admin_cannot_sign_even_if_they_may_invite() {
    Member inviter = member(ADMIN_KEY.publicKey(), false, false, Permissions.ADMIN);
    Refusal.expect(ProblemCode.FORBIDDEN, () -> check(v3(IN_A_DAY, "member"), inviter));
  }

  @Test
  void the_signed_text_is_made_anew_from_the_fields_and_must_fit_them() {
    String other = Canonical.inviteV2("mesh", ID, IN_A_DAY, "admin", OWNER_PUBKEY);
    Refusal.expect(
        ProblemCode.INVITE_BAD_SIGNATURE,
        () -> check(request(2, other, Keys.sign(OWNER_KEY, other), IN_A_DAY, "member"), OWNER));
    String right = Canonical.inviteV2("mesh", ID, IN_A_DAY, "member", OWNER_PUBKEY);
    Refusal.expect(
        ProblemCode.INVITE_BAD_SIGNATURE,
        () -> check(request(2, right, Keys.sign(ADMIN_KEY, right), IN_A_DAY, "member"), OWNER));
    Refusal.expect(
        ProblemCode.INVITE_BAD_SIGNATURE,
        () -> check(request(2, right, "no signature", IN_A_DAY, "member"), OWNER));
  }

  @Test
  void an_invite_cannot_have_expired_already_nor_last_for_ever() {
    Refusal.expect(
        ProblemCode.INVALID_REQUEST, () -> check(v2(NOW.getEpochSecond(), "member"), OWNER));
    Refusal.expect(
        ProblemCode.INVALID_REQUEST,
        () -> check(v2(NOW.plus(Duration.ofDays(367)).getEpochSecond(), "member"), OWNER));
    Refusal.expect(ProblemCode.INVALID_REQUEST, () -> check(v2(Long.MAX_VALUE, "member"), OWNER));
  }

  @Test
  void only_who_manages_permissions_invites_an_admin() {
    Member limited = member(ADMIN_KEY.publicKey(), true, false, Permissions.MEMBER);
    Refusal.expect(ProblemCode.FORBIDDEN, () -> InviteRules.role(Optional.of("admin"), limited));
    assertThat(InviteRules.role(Optional.of("admin"), ADMIN)).isEqualTo("admin");
    assertThat(InviteRules.role(Optional.empty(), limited)).isEqualTo("member");
    Refusal.expect(
        ProblemCode.INVALID_REQUEST, () -> InviteRules.role(Optional.of("owner"), OWNER));
  }

  @Test
  void an_invite_id_or_code_of_another_form_is_refused() {
    Refusal.expect(
        ProblemCode.INVALID_REQUEST, () -> check(with("id|id|id|id|id|id", "ABCDEFGH"), OWNER));
    Refusal.expect(ProblemCode.INVALID_REQUEST, () -> check(with(ID, "ABCDEFGI"), OWNER));
    Refusal.expect(ProblemCode.INVALID_REQUEST, () -> check(with(ID, "ABCDEFG1"), OWNER));
    Refusal.expect(ProblemCode.INVALID_REQUEST, () -> check(with(ID, "abcdefgh"), OWNER));
  }

  @Test
  void a_preset_with_an_unknown_message_mode_is_refused() {
    Refusal.expect(
        ProblemCode.INVALID_REQUEST,
        () ->
            InviteRules.checkPreset(
                new Preset(
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.of("loud"))));
  }

  @Test
  void withdrawn_comes_before_expired_and_expired_before_taken() {
    Refusal.expect(
        ProblemCode.INVITE_REVOKED,
        () -> InviteRules.checkOpen(row(NOW.minusSeconds(1), 1, true), NOW));
    Refusal.expect(
        ProblemCode.INVITE_EXPIRED, () -> InviteRules.checkOpen(row(NOW, 1, false), NOW));
    Refusal.expect(
        ProblemCode.INVITE_EXHAUSTED,
        () -> InviteRules.checkOpen(row(NOW.plusSeconds(1), 1, false), NOW));
    assertThatCode(() -> InviteRules.checkOpen(row(NOW.plusSeconds(1), 0, false), NOW))
        .doesNotThrowAnyException();
  }

  @Test
  void a_row_that_was_changed_in_the_database_is_not_what_was_signed() {
    InviteRow honest = stored("member", OWNER_PUBKEY, 2);
    assertThatCode(() -> InviteRules.checkSignature(honest, OWNER_PUBKEY))
        .doesNotThrowAnyException();
    Refusal.expect(
        ProblemCode.INVITE_BAD_SIGNATURE,
        () -> InviteRules.checkSignature(promoted(honest), OWNER_PUBKEY));
    Refusal.expect(
        ProblemCode.INVITE_BAD_SIGNATURE,
        () -> InviteRules.checkSignature(honest, ADMIN_KEY.publicKey().hex()));
  }

  @Test
  void an_invite_of_an_admin_who_is_none_any_more_does_not_count() {
    Member member = member(ADMIN_KEY.publicKey(), false, false, Permissions.MEMBER);
    Refusal.expect(
        ProblemCode.INVITE_REVOKED, () -> InviteRules.checkStillAdmin(Optional.empty(), "member"));
    Refusal.expect(
        ProblemCode.INVITE_REVOKED,
        () -> InviteRules.checkStillAdmin(Optional.of(member), "member"));
    assertThatCode(() -> InviteRules.checkStillAdmin(Optional.of(ADMIN), "admin"))
        .doesNotThrowAnyException();
  }

  @Test
  void an_invite_that_makes_admins_ends_when_its_issuer_may_not_make_any() {
    Map<String, Boolean> limited = Permissions.ADMIN.toMap();
    limited.put("canManagePermissions", false);
    Member issuer = member(ADMIN_KEY.publicKey(), true, false, Permissions.of(limited));
    Refusal.expect(
        ProblemCode.INVITE_REVOKED,
        () -> InviteRules.checkStillAdmin(Optional.of(issuer), "admin"));
    assertThatCode(() -> InviteRules.checkStillAdmin(Optional.of(issuer), "member"))
        .doesNotThrowAnyException();
  }

  @Test
  void a_claim_must_be_signed_now_by_the_key_that_joins() {
    SecretKey newcomer = Keys.generate();
    assertThatCode(
            () -> InviteRules.checkClaim(claim(newcomer, newcomer, NOW, "ABCDEFGH"), NOW, SKEW))
        .doesNotThrowAnyException();
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () -> InviteRules.checkClaim(claim(newcomer, Keys.generate(), NOW, "ABCDEFGH"), NOW, SKEW));
    Refusal.expect(
        ProblemCode.TIMESTAMP_SKEW,
        () ->
            InviteRules.checkClaim(
                claim(newcomer, newcomer, NOW.minusSeconds(61), "ABCDEFGH"), NOW, SKEW));
    Refusal.expect(
        ProblemCode.TIMESTAMP_SKEW,
        () ->
            InviteRules.checkClaim(
                claim(newcomer, newcomer, NOW.plusSeconds(61), "ABCDEFGH"), NOW, SKEW));
    Refusal.expect(
        ProblemCode.TIMESTAMP_SKEW,
        () ->
            InviteRules.checkClaim(
                claim(newcomer, newcomer, Instant.ofEpochMilli(Long.MAX_VALUE), "ABCDEFGH"),
                NOW,
                SKEW));
    Refusal.expect(
        ProblemCode.TIMESTAMP_SKEW,
        () ->
            InviteRules.checkClaim(
                claim(newcomer, newcomer, Instant.ofEpochMilli(Long.MIN_VALUE), "ABCDEFGH"),
                NOW,
                SKEW));
  }

  private static InviteRequest.Claim claim(
      SecretKey newcomer, SecretKey signer, Instant at, String code) {
    String x25519 = Keys.x25519Public(newcomer);
    return new InviteRequest.Claim(
        code,
        x25519,
        Optional.of(newcomer.publicKey().hex()),
        Optional.of(Keys.sign(signer, Canonical.claim(code, x25519, at.toEpochMilli()))),
        Optional.of(at.toEpochMilli()),
        Optional.empty());
  }

  private static InviteRules.Draft check(InviteRequest.Create request, Member issuer) {
    return InviteRules.check(request, issuer, OWNER_PUBKEY, NOW);
  }

  private static InviteRequest.Create v2(long expiresAt, String role) {
    String canonical = Canonical.inviteV2("mesh", ID, expiresAt, role, OWNER_PUBKEY);
    return request(2, canonical, Keys.sign(OWNER_KEY, canonical), expiresAt, role);
  }

  private static InviteRequest.Create v3(long expiresAt, String role) {
    String canonical = Canonical.inviteV3("mesh", ID, expiresAt, role, ADMIN_KEY.publicKey().hex());
    return request(3, canonical, Keys.sign(ADMIN_KEY, canonical), expiresAt, role);
  }

  private static InviteRequest.Create request(
      int version, String canonical, String signature, long expiresAt, String role) {
    return new InviteRequest.Create(
        Optional.of(ID),
        Optional.of("ABCDEFGH"),
        Optional.of(version),
        Optional.of(canonical),
        Optional.of(signature),
        Optional.empty(),
        Optional.of(role),
        Optional.of(expiresAt),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static InviteRequest.Create with(String id, String code) {
    String canonical = Canonical.inviteV2("mesh", id, IN_A_DAY, "member", OWNER_PUBKEY);
    return new InviteRequest.Create(
        Optional.of(id),
        Optional.of(code),
        Optional.of(2),
        Optional.of(canonical),
        Optional.of(Keys.sign(OWNER_KEY, canonical)),
        Optional.empty(),
        Optional.empty(),
        Optional.of(IN_A_DAY),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private static InviteRow row(Instant expiresAt, int used, boolean revoked) {
    return new InviteRow(
        ID,
        "mesh",
        Optional.empty(),
        Optional.of("ABCDEFGH"),
        2,
        "member",
        Optional.empty(),
        1,
        used,
        expiresAt,
        OWNER_PUBKEY,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        NOW,
        revoked);
  }

  private static InviteRow stored(String role, String issuer, int version) {
    String canonical = InviteRules.canonical(version, "mesh", ID, IN_A_DAY, role, issuer);
    return new InviteRow(
        ID,
        "mesh",
        Optional.empty(),
        Optional.of("ABCDEFGH"),
        version,
        role,
        Optional.empty(),
        1,
        0,
        Instant.ofEpochSecond(IN_A_DAY),
        issuer,
        Optional.of(canonical),
        Optional.of(Keys.sign(OWNER_KEY, canonical)),
        Optional.empty(),
        NOW,
        false);
  }

  /// The row of somebody who can write into the database and would like to be an admin.
  private static InviteRow promoted(InviteRow row) {
    return new InviteRow(
        row.id(),
        row.meshId(),
        row.token(),
        row.code(),
        row.version(),
        "admin",
        row.preset(),
        row.maxUses(),
        row.usedCount(),
        row.expiresAt(),
        row.issuerPubkey(),
        Optional.of(Canonical.inviteV2("mesh", ID, IN_A_DAY, "admin", OWNER_PUBKEY)),
        row.signature(),
        row.createdBy(),
        row.createdAt(),
        row.revoked());
  }

  private static Member member(
      PublicKey key, boolean admin, boolean owner, Permissions permissions) {
    return new Member("member", "mesh", "slug", key, "Somebody", admin, owner, permissions);
  }
}
