package dev.claudemesh.broker.invites;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.invites.InviteCode;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.InviteRequest.Preset;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What makes an invite good, and who may take it. Pure.
final class InviteRules {
  /// Open invites of one mesh; then `limit`.
  static final int MOST_OPEN = 1_000;

  /// Members of one mesh; then `limit`. A rotation of the mesh key has to reach them all in one
  /// frame.
  static final int MOST_MEMBERS = 2_000;

  static final Duration LONGEST = Duration.ofDays(366);
  static final Duration OF_OLD_CLIENTS = Duration.ofDays(7);

  private static final Pattern INVITE_ID = Pattern.compile("[A-Za-z0-9_-]{16,64}");
  private static final Set<String> MODES = Set.of("push", "inbox", "off");

  private InviteRules() {}

  /// An invite that the caller's client made and signed, its fields checked one by one.
  record Draft(
      String inviteId,
      String code,
      int version,
      String role,
      Instant expiresAt,
      int maxUses,
      String canonical,
      String signature) {}

  /// Checks a new invite: its form, whether the caller may make it, and that the signature is over
  /// exactly these fields.
  ///
  /// @throws Problem `invalid_request`, `forbidden` or `invite_bad_signature`
  static Draft check(InviteRequest.Create request, Member issuer, String ownerPubkey, Instant now) {
    String id = request.inviteId().orElseThrow(() -> missing("invite_id"));
    if (!INVITE_ID.matcher(id).matches()) {
      throw invalid("\"invite_id\" must be 16 to 64 characters of A-Z a-z 0-9 _ -");
    }
    String code = request.code().orElseThrow(() -> missing("code"));
    if (!InviteCode.isCode(code)) {
      throw invalid("\"code\" must be 8 characters of A-Z without I and O, and 2-9");
    }
    String role = role(request.role(), issuer);
    long expiresAt = request.expiresAt().orElseThrow(() -> missing("expires_at"));
    checkExpiry(expiresAt, now);
    request.preset().ifPresent(InviteRules::checkPreset);
    boolean owner = issuer.key().hex().equals(ownerPubkey);
    int version = request.version().orElse(owner ? 2 : 3);
    checkIssuer(version, owner, issuer);
    String canonical = canonical(version, issuer.meshId(), id, expiresAt, role, issuer.key().hex());
    String signature = request.signature().orElseThrow(() -> missing("signature"));
    if (request.canonical().filter(text -> !text.equals(canonical)).isPresent()
        || !Keys.verify(issuer.key(), canonical, signature)) {
      throw new Problem(
          ProblemCode.INVITE_BAD_SIGNATURE,
          "The invite is not signed over its own fields by your key; the text to sign is "
              + canonical);
    }
    return new Draft(
        id,
        code,
        version,
        role,
        Instant.ofEpochSecond(expiresAt),
        request.maxUses().orElse(1),
        canonical,
        signature);
  }

  /// What an invite makes of the newcomer; an admin only if the issuer could make one of a member
  /// too.
  static String role(Optional<String> asked, Member issuer) {
    String role = asked.orElse("member");
    if (!role.equals("member") && !role.equals("admin")) {
      throw invalid("\"role\" must be member or admin");
    }
    if (role.equals("admin") && !mayMakeAdmins(issuer)) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "Only the owner, or who may manage permissions, can invite an admin");
    }
    return role;
  }

  static String canonical(
      int version,
      String meshId,
      String inviteId,
      long expiresAtSeconds,
      String role,
      String issuerPubkey) {
    return version == 3
        ? Canonical.inviteV3(meshId, inviteId, expiresAtSeconds, role, issuerPubkey)
        : Canonical.inviteV2(meshId, inviteId, expiresAtSeconds, role, issuerPubkey);
  }

  static void checkPreset(Preset preset) {
    if (preset.messageMode().filter(mode -> !MODES.contains(mode)).isPresent()) {
      throw invalid("\"preset.messageMode\" must be push, inbox or off");
    }
    if (preset.displayName().filter(String::isBlank).isPresent()) {
      throw invalid("\"preset.displayName\" must not be blank");
    }
  }

  /// Whether an invite can be taken now. The use itself is taken by the database, which has the
  /// last word on how many are left.
  ///
  /// @throws Problem `invite_revoked`, `invite_expired` or `invite_exhausted`
  static void checkOpen(InviteRow invite, Instant now) {
    if (invite.revoked()) {
      throw new Problem(ProblemCode.INVITE_REVOKED, "This invite was withdrawn; ask for a new one");
    }
    if (!now.isBefore(invite.expiresAt())) {
      throw new Problem(ProblemCode.INVITE_EXPIRED, "This invite has expired; ask for a new one");
    }
    if (invite.usesLeft() <= 0) {
      throw exhausted();
    }
  }

  /// Checks that a stored invite still says what was signed: whoever changed the row in the
  /// database did not sign it.
  ///
  /// @throws Problem `invite_bad_signature`
  static void checkSignature(InviteRow invite, String ownerPubkey) {
    String canonical =
        canonical(
            invite.version(),
            invite.meshId(),
            invite.id(),
            invite.expiresAt().getEpochSecond(),
            invite.role(),
            invite.issuerPubkey());
    boolean issuer = invite.version() == 3 || invite.issuerPubkey().equals(ownerPubkey);
    boolean unchanged = invite.canonical().filter(canonical::equals).isPresent();
    if (!issuer
        || !unchanged
        || !Keys.verify(
            new PublicKey(invite.issuerPubkey()), canonical, invite.signature().orElse(""))) {
      throw new Problem(
          ProblemCode.INVITE_BAD_SIGNATURE,
          "The invite's signature does not fit it; ask for a new one");
    }
  }

  /// Whether the admin who signed an invite still may, and still could make of somebody what it
  /// says.
  ///
  /// @throws Problem `invite_revoked`
  static void checkStillAdmin(Optional<Member> issuer, String role) {
    boolean may =
        issuer
            .filter(member -> member.admin() && member.permissions().canInvite())
            .filter(member -> role.equals("member") || mayMakeAdmins(member))
            .isPresent();
    if (!may) {
      throw new Problem(
          ProblemCode.INVITE_REVOKED,
          "The admin who made this invite may not invite any more; ask for a new one");
    }
  }

  private static boolean mayMakeAdmins(Member issuer) {
    return issuer.owner() || issuer.permissions().canManagePermissions();
  }

  /// Checks that the newcomer holds the key they bring, and asked for this now.
  ///
  /// @throws Problem `invalid_request`, `timestamp_skew` or `bad_signature`
  static void checkClaim(InviteRequest.Claim claim, Instant now, Duration skew) {
    String key = claim.peerPubkey().orElseThrow(() -> claimMissing("peer_pubkey"));
    String signature = claim.signature().orElseThrow(() -> claimMissing("signature"));
    long timestamp = claim.timestamp().orElseThrow(() -> claimMissing("timestamp"));
    long off = Math.subtractExact(now.toEpochMilli(), Math.clamp(timestamp, 0, Long.MAX_VALUE / 2));
    if (Math.abs(off) > skew.toMillis()) {
      throw new Problem(
          ProblemCode.TIMESTAMP_SKEW,
          "The claim was signed more than "
              + skew.toSeconds()
              + " s away from the broker's clock; set this machine's clock");
    }
    if (!Keys.verify(
        new PublicKey(key),
        Canonical.claim(claim.code(), claim.recipientX25519Pubkey(), timestamp),
        signature)) {
      throw new Problem(
          ProblemCode.BAD_SIGNATURE,
          "The claim is not signed by peer_pubkey over"
              + " claim|code|recipient_x25519_pubkey|timestamp");
    }
  }

  static Problem exhausted() {
    return new Problem(
        ProblemCode.INVITE_EXHAUSTED,
        "This invite was already taken as often as it may be; ask for a new one");
  }

  private static void checkExpiry(long expiresAt, Instant now) {
    if (expiresAt <= now.getEpochSecond()) {
      throw invalid("\"expires_at\" is in the past");
    }
    if (expiresAt > now.plus(LONGEST).getEpochSecond()) {
      throw invalid("\"expires_at\" is more than " + LONGEST.toDays() + " days ahead");
    }
  }

  private static void checkIssuer(int version, boolean owner, Member issuer) {
    if (version == 2 && !owner) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "Only the owner's key can sign a version 2 invite; admins sign version 3");
    }
    if (version == 3 && !(issuer.admin() && issuer.permissions().canInvite())) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          "Only an admin who may invite can sign a version 3 invite; ask the owner to make you"
              + " one");
    }
  }

  private static Problem missing(String field) {
    return invalid("\"" + field + "\" is required");
  }

  private static Problem invalid(String what) {
    return new Problem(ProblemCode.INVALID_REQUEST, "create_invite: " + what);
  }

  private static Problem claimMissing(String field) {
    return new Problem(
        ProblemCode.INVALID_REQUEST,
        "claim_invite: \"" + field + "\" is required; update your claudemesh");
  }
}
