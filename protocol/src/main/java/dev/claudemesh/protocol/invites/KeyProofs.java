package dev.claudemesh.protocol.invites;

import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.KeyRequest.InviteProof;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// What clients check before a mesh key changes hands, because the broker that carries it must not
/// be believed. Pure.
///
/// @param meshId the mesh whose key it is
/// @param owner the mesh's owner, pinned when the member joined where that is known
/// @param admins members who are admins, as the broker says
public record KeyProofs(String meshId, PublicKey owner, Set<PublicKey> admins) {

  /// Why a newcomer is not handed the mesh key; empty if they may have it.
  ///
  /// @param pinned the owner's key as it was when the member joined; where it is missing the broker
  ///   is believed
  /// @param members who belongs to the mesh, as the broker says
  public static Optional<String> refusal(
      String meshId, Optional<PublicKey> pinned, KeyRequest request, List<Member> members) {
    Optional<PublicKey> named =
        keys(members.stream().filter(member -> member.owner().orElse(false)).toList()).stream()
            .findFirst();
    if (pinned.isPresent() && named.isPresent() && !pinned.equals(named)) {
      return Optional.of(
          "the broker names another owner of the mesh than the one you joined; ask them before you"
              + " trust this broker");
    }
    Optional<PublicKey> owner = pinned.or(() -> named);
    if (owner.isEmpty()) {
      return Optional.of("nobody knows who owns the mesh, so no invite to it can be checked");
    }
    Set<PublicKey> admins =
        keys(members.stream().filter(member -> member.permission().equals("admin")).toList());
    return new KeyProofs(meshId, owner.get(), admins).refusal(request);
  }

  /// Why a newcomer is not handed the mesh key; empty if an owner's or admin's invite, and their
  /// own signature, prove that they may.
  public Optional<String> refusal(KeyRequest request) {
    if (!PublicKey.isKey(request.memberPubkey())) {
      return Optional.of("their key is no key");
    }
    if (request.invite().isEmpty()) {
      return Optional.of(
          "the broker shows no invite that brought them; remove them and invite them again");
    }
    InviteProof proof = request.invite().get();
    Optional<SignedInvite> invite = SignedInvite.parse(proof.canonical());
    if (invite.isEmpty()) {
      return Optional.of(
          "they came by an old kind of invite, which does not prove who took it; remove them and"
              + " invite them again");
    }
    return wrongInvite(proof, invite.get())
        .or(() -> wrongClaim(proof, invite.get(), new PublicKey(request.memberPubkey())));
  }

  private Optional<String> wrongInvite(InviteProof proof, SignedInvite invite) {
    if (invite.version() != proof.version()
        || !invite.issuer().hex().equals(proof.issuerPubkey())) {
      return Optional.of("the broker says something else of their invite than what was signed");
    }
    if (!invite.meshId().equals(meshId)) {
      return Optional.of("their invite is for another mesh");
    }
    boolean byOwner = invite.issuer().equals(owner);
    if (invite.version() == SignedInvite.BY_OWNER && !byOwner) {
      return Optional.of("their invite claims to be the owner's but names another key");
    }
    if (!byOwner && !admins.contains(invite.issuer())) {
      return Optional.of(
          "their invite was made by " + invite.issuer().brief() + "…, who is no admin of the mesh");
    }
    return invite.isSignedBy(proof.signature())
        ? Optional.empty()
        : Optional.of("the signature of their invite is wrong");
  }

  private static Optional<String> wrongClaim(
      InviteProof proof, SignedInvite invite, PublicKey newcomer) {
    if (proof.code().isEmpty()
        || proof.recipientX25519Pubkey().isEmpty()
        || proof.timestamp().isEmpty()
        || proof.claimSignature().isEmpty()) {
      return Optional.of("the broker shows no signature of theirs for the invite they took");
    }
    long timestamp = proof.timestamp().get();
    if (timestamp / 1000 > invite.expiresAt()) {
      return Optional.of("they took their invite after it had ended");
    }
    String claim =
        Canonical.claim(proof.code().get(), proof.recipientX25519Pubkey().get(), timestamp);
    return Keys.verify(newcomer, claim, proof.claimSignature().get())
        ? Optional.empty()
        : Optional.of("their own signature for the invite they took is wrong");
  }

  /// Why a mesh key that was sealed to a member is not taken; empty if another member sealed it for
  /// exactly this mesh, epoch and member.
  ///
  /// @param members who belongs to the mesh, as the broker says; a sealer whom it would have to
  ///   invent shows up among them
  public static Optional<String> refusal(
      String meshId, EpochKey key, PublicKey member, List<Member> members) {
    if (!PublicKey.isKey(key.sealedBy())) {
      return Optional.of("the key of its sealer is no key");
    }
    PublicKey sealer = new PublicKey(key.sealedBy());
    if (!Keys.verify(
        sealer,
        Canonical.seal(meshId, key.epoch(), member.hex(), key.sealedKey()),
        key.signature())) {
      return Optional.of("the signature of its sealer is wrong");
    }
    return keys(members).contains(sealer)
        ? Optional.empty()
        : Optional.of("it was sealed by " + sealer.brief() + "…, who is no member of the mesh");
  }

  /// Why a newcomer does not believe the broker's answer to their claim; empty if whoever sent the
  /// link signed the invite to this mesh.
  public static Optional<String> refusal(InviteLink link, InviteReply.Claimed claimed) {
    Optional<SignedInvite> read = SignedInvite.parse(claimed.canonicalV2());
    if (read.isEmpty() || claimed.signature().isEmpty()) {
      return Optional.of("the broker shows no signed invite");
    }
    SignedInvite invite = read.get();
    boolean already = claimed.alreadyMember().orElse(false);
    if (!invite.meshId().equals(claimed.meshId())
        || claimed.issuerPubkey().filter(key -> !key.equals(invite.issuer().hex())).isPresent()
        || (!already && claimed.role().filter(role -> !role.equals(invite.role())).isPresent())
        || invite.version() == SignedInvite.BY_OWNER
            && !invite.issuer().hex().equals(claimed.ownerPubkey())) {
      return Optional.of("the broker says something else of the invite than what was signed");
    }
    if (!link.fits(invite.issuer())) {
      return Optional.of("the invite was not made by whoever sent you the link");
    }
    return invite.isSignedBy(claimed.signature().get())
        ? Optional.empty()
        : Optional.of("the signature of the invite is wrong");
  }

  private static Set<PublicKey> keys(List<Member> members) {
    return members.stream()
        .flatMap(member -> member.pubkey().stream())
        .filter(PublicKey::isKey)
        .map(PublicKey::new)
        .collect(Collectors.toUnmodifiableSet());
  }
}
