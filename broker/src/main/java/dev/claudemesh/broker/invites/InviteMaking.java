package dev.claudemesh.broker.invites;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteCode;
import dev.claudemesh.protocol.invites.InvitePayload;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.InviteToken;
import java.time.Instant;
import java.util.Optional;

/// Turns a request for an invite into a row: with the caller's signature, or in a mesh whose keys
/// the broker holds, with the mesh's.
final class InviteMaking {
  private static final int V1 = 1;

  private InviteMaking() {}

  /// An invite that the caller signed.
  static InviteRow signed(
      InviteRequest.Create request, Member issuer, InviteMesh mesh, Instant now) {
    InviteRules.Draft draft = InviteRules.check(request, issuer, mesh.ownerPubkey(), now);
    request.token().ifPresent(token -> checkToken(token, mesh, draft));
    return new InviteRow(
        draft.inviteId(),
        mesh.id(),
        request.token(),
        Optional.of(draft.code()),
        draft.version(),
        draft.role(),
        request.preset(),
        draft.maxUses(),
        0,
        draft.expiresAt(),
        issuer.key().hex(),
        Optional.of(draft.canonical()),
        Optional.of(draft.signature()),
        Optional.of(issuer.id()),
        now,
        false);
  }

  /// An invite as old clients ask for: a week, one use, both as a token and as a code, signed by
  /// the mesh's key.
  static InviteRow custodial(
      InviteRequest.Create request,
      Member issuer,
      InviteMesh mesh,
      InviteMesh.Secrets secrets,
      String brokerUrl,
      Instant now) {
    String role = InviteRules.role(request.role(), issuer);
    request.preset().ifPresent(InviteRules::checkPreset);
    String id = Ids.next();
    Instant expiresAt =
        Instant.ofEpochSecond(now.plus(InviteRules.OF_OLD_CLIENTS).getEpochSecond());
    String canonical =
        InviteRules.canonical(
            2, mesh.id(), id, expiresAt.getEpochSecond(), role, mesh.ownerPubkey());
    return new InviteRow(
        id,
        mesh.id(),
        Optional.of(token(mesh, secrets, brokerUrl, expiresAt, role)),
        Optional.of(InviteCode.generate()),
        2,
        role,
        request.preset(),
        request.maxUses().orElse(1),
        0,
        expiresAt,
        mesh.ownerPubkey(),
        Optional.of(canonical),
        Optional.of(Keys.sign(SecretKey.ofHex(secrets.ownerSecretKey()), canonical)),
        Optional.of(issuer.id()),
        now,
        false);
  }

  /// A v1 token carries the mesh key, and the broker would store it: only where members chose to
  /// admit clients that need one.
  private static void checkToken(String token, InviteMesh mesh, InviteRules.Draft draft) {
    if (!mesh.admitsOldClients()) {
      throw new Problem(
          ProblemCode.ENCRYPTION_REQUIRED,
          "A v1 token would show the mesh key to the broker; leave it out, or use a mesh with"
              + " encryption compat");
    }
    InvitePayload payload =
        InviteToken.decode(token).filter(InviteToken::isSigned).orElseThrow(InviteTaking::badToken);
    if (!payload.meshId().equals(mesh.id()) || !payload.ownerPubkey().equals(mesh.ownerPubkey())) {
      throw new Problem(
          ProblemCode.INVITE_MESH_MISMATCH,
          "The token is for another mesh, or not signed by the owner of this one");
    }
    if (!payload.role().equals(draft.role())
        || payload.expiresAt() != draft.expiresAt().getEpochSecond()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "create_invite: \"token\" must name the same role and expires_at as the invite");
    }
  }

  /// A token signed with the owner's key, which the broker has only of meshes made by old clients.
  private static String token(
      InviteMesh mesh,
      InviteMesh.Secrets secrets,
      String brokerUrl,
      Instant expiresAt,
      String role) {
    InvitePayload unsigned =
        new InvitePayload(
            V1,
            mesh.id(),
            mesh.slug(),
            brokerUrl,
            expiresAt.getEpochSecond(),
            secrets.rootKey(),
            role,
            mesh.ownerPubkey(),
            "");
    return InviteToken.encode(
        InviteToken.sign(unsigned, SecretKey.ofHex(secrets.ownerSecretKey())));
  }
}
