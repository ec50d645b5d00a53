package dev.claudemesh.broker.invites;

import dev.claudemesh.broker.invites.NewcomerStore.Taken;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InvitePayload;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.InviteRequest.Preset;
import dev.claudemesh.protocol.invites.InviteToken;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest.InviteProof;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Lets newcomers in: checks in the order that old clients know, then one transaction that takes
/// the use and stores the member.
final class InviteTaking {
  private static final int X25519_BYTES = 32;

  private final InviteStore invites;
  private final NewcomerStore newcomers;
  private final MembershipStore memberships;
  private final Duration skew;
  private final boolean compat;

  InviteTaking(
      InviteStore invites,
      NewcomerStore newcomers,
      MembershipStore memberships,
      Duration skew,
      boolean compat) {
    this.invites = invites;
    this.newcomers = newcomers;
    this.memberships = memberships;
    this.skew = skew;
    this.compat = compat;
  }

  /// A claim that succeeded.
  record Claimed(InviteRow invite, InviteMesh mesh, Taken taken) {}

  /// A v1 token that was taken.
  record Joined(InviteMesh mesh, Taken taken) {}

  Claimed claim(InviteRequest.Claim claim, Instant now) {
    boolean oldClient = compat && claim.peerPubkey().isEmpty();
    if (!oldClient) {
      InviteRules.checkClaim(claim, now, skew);
    }
    InviteRow invite = invites.byCode(claim.code()).orElseThrow(InviteTaking::notFound);
    InviteMesh mesh = invites.mesh(invite.meshId()).orElseThrow(InviteTaking::notFound);
    if (oldClient && mesh.secrets().isEmpty()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "claim_invite: this mesh's members hold its key themselves; update your claudemesh to"
              + " join it");
    }
    String pubkey = claim.peerPubkey().orElseGet(() -> standIn(claim.recipientX25519Pubkey()));
    Optional<Taken> already = newcomers.already(mesh.id(), pubkey);
    if (already.isPresent()) {
      return new Claimed(invite, mesh, already.get());
    }
    InviteRules.checkOpen(invite, now);
    InviteRules.checkSignature(invite, mesh.ownerPubkey());
    if (invite.version() == 3) {
      InviteRules.checkStillAdmin(
          memberships
              .byKey(mesh.id(), new PublicKey(invite.issuerPubkey()))
              .filter(found -> !found.revoked())
              .map(MembershipStore.Membership::member),
          invite.role());
    }
    checkRoom(mesh);
    Optional<EpochKey> key =
        oldClient
            ? sealed(mesh, pubkey, root -> root.sealToX25519(claim.recipientX25519Pubkey()))
            : sealed(mesh, pubkey);
    Newcomer newcomer = newcomer(invite, pubkey, claim.displayName(), proof(invite, claim), key);
    return new Claimed(invite, mesh, newcomers.take(invite, newcomer, now));
  }

  /// The checks and codes are those of the first protocol, in its order (PROTOCOL 9.1).
  Joined join(InviteRequest.Join join, Instant now) {
    InvitePayload payload = join.invitePayload();
    if (!InviteToken.isSigned(payload)) {
      throw badToken();
    }
    InviteMesh mesh =
        invites
            .mesh(payload.meshId())
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.MESH_NOT_FOUND,
                    "The mesh of this invite is not on this broker any more"));
    if (mesh.ownerPubkey().isEmpty()) {
      throw new Problem(
          ProblemCode.MESH_MISSING_OWNER_KEY,
          "The mesh has no owner key; its owner has to make it anew");
    }
    if (!mesh.ownerPubkey().equals(payload.ownerPubkey())) {
      throw new Problem(
          ProblemCode.INVITE_OWNER_MISMATCH, "The invite was not signed by the mesh's owner");
    }
    InviteRow invite = invites.byToken(join.inviteToken()).orElseThrow(InviteTaking::notFound);
    if (!invite.meshId().equals(mesh.id())) {
      throw new Problem(ProblemCode.INVITE_MESH_MISMATCH, "The invite is for another mesh");
    }
    // Somebody could present the token of one invite with the signed payload of another, such as
    // one that makes admins.
    if (InviteToken.decode(join.inviteToken()).filter(payload::equals).isEmpty()) {
      throw badToken();
    }
    checkUntilExpiry(invite, now);
    Optional<Taken> already = newcomers.already(mesh.id(), join.peerPubkey());
    if (already.isPresent()) {
      return new Joined(mesh, already.get());
    }
    InviteRules.checkOpen(invite, now);
    checkRoom(mesh);
    Newcomer newcomer =
        newcomer(
            invite,
            join.peerPubkey(),
            Optional.of(join.displayName()),
            Optional.empty(),
            sealed(mesh, join.peerPubkey()));
    return new Joined(mesh, newcomers.take(invite, newcomer, now));
  }

  /// The mesh key, where the broker holds it, for an old client that can open nothing but this.
  Optional<String> sealedRootKey(InviteMesh mesh, String recipientX25519) {
    return mesh.secrets()
        .flatMap(
            secrets -> MeshKey.ofBase64Url(1, secrets.rootKey()).sealToX25519(recipientX25519));
  }

  private static void checkUntilExpiry(InviteRow invite, Instant now) {
    if (invite.revoked() || !now.isBefore(invite.expiresAt())) {
      InviteRules.checkOpen(invite, now);
    }
  }

  private void checkRoom(InviteMesh mesh) {
    if (invites.members(mesh.id()) >= InviteRules.MOST_MEMBERS) {
      throw new Problem(
          ProblemCode.LIMIT,
          "The mesh has " + InviteRules.MOST_MEMBERS + " members, which is as many as it may have");
    }
  }

  private static Newcomer newcomer(
      InviteRow invite,
      String pubkey,
      Optional<String> displayName,
      Optional<InviteProof> proof,
      Optional<EpochKey> key) {
    Optional<Preset> preset = invite.preset();
    String name =
        preset
            .flatMap(Preset::displayName)
            .or(() -> displayName)
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .orElse("member-" + pubkey.substring(0, 8));
    return new Newcomer(
        Ids.next(),
        pubkey,
        name,
        invite.role(),
        preset.flatMap(Preset::roleTag),
        preset.flatMap(Preset::groups).orElse(List.of()),
        preset.flatMap(Preset::messageMode).orElse("push"),
        proof,
        key);
  }

  private static Optional<InviteProof> proof(InviteRow invite, InviteRequest.Claim claim) {
    return invite
        .canonical()
        .map(canonical ->
            new InviteProof(
                invite.version(),
                canonical,
                invite.issuerPubkey(),
                invite.signature().orElse(""),
                invite.code(),
                Optional.of(claim.recipientX25519Pubkey()),
                claim.timestamp(),
                claim.signature()));
  }

  private static Optional<EpochKey> sealed(InviteMesh mesh, String pubkey) {
    return sealed(mesh, pubkey, root -> Optional.of(root.sealTo(new PublicKey(pubkey))));
  }

  /// Sealed by the mesh's own key, where the broker holds that and the first epoch still runs;
  /// later epochs are the members' alone.
  private static Optional<EpochKey> sealed(
      InviteMesh mesh, String pubkey, java.util.function.Function<MeshKey, Optional<String>> seal) {
    if (mesh.secrets().isEmpty() || mesh.epoch() != 1) {
      return Optional.empty();
    }
    InviteMesh.Secrets secrets = mesh.secrets().get();
    return seal.apply(MeshKey.ofBase64Url(1, secrets.rootKey()))
        .map(sealed ->
            new EpochKey(
                1,
                sealed,
                mesh.ownerPubkey(),
                Keys.sign(
                    SecretKey.ofHex(secrets.ownerSecretKey()),
                    Canonical.seal(mesh.id(), 1, pubkey, sealed))));
  }

  /// An old client's claim names no ed25519 key. Its x25519 key stands in, so that it is found
  /// again; nobody can connect as it.
  private static String standIn(String x25519) {
    try {
      byte[] key = Base64.getUrlDecoder().decode(x25519);
      if (key.length == X25519_BYTES) {
        return HexFormat.of().formatHex(key);
      }
    } catch (IllegalArgumentException e) {
      // Said below, as for a key of the wrong length.
    }
    throw new Problem(
        ProblemCode.MALFORMED,
        "claim_invite: \"recipient_x25519_pubkey\" must be 32 bytes in base64url");
  }

  static Problem badToken() {
    return new Problem(
        ProblemCode.INVITE_BAD_SIGNATURE,
        "The invite is not signed by the owner it names; ask for a new one");
  }

  static Problem notFound() {
    return new Problem(
        ProblemCode.INVITE_NOT_FOUND,
        "There is no such invite on this broker; check the link, or ask for a new one");
  }
}
