package dev.claudemesh.broker.invites;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteRequest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;

/// Turns a request for an invite into a row: with the caller's signature, or in a mesh whose keys
/// the broker holds, with the mesh's.
final class InviteMaking {
  private static final String CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int CODE_LENGTH = 8;
  private static final SecureRandom RANDOM = new SecureRandom();

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
        Optional.of(V1Token.make(mesh, secrets, brokerUrl, expiresAt, role)),
        Optional.of(code()),
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
    V1Token.check(token, mesh, draft.role(), draft.expiresAt());
  }

  private static String code() {
    StringBuilder code = new StringBuilder();
    for (int i = 0; i < CODE_LENGTH; i++) {
      code.append(CODE_ALPHABET.charAt(RANDOM.nextInt(CODE_ALPHABET.length())));
    }
    return code.toString();
  }
}
