package dev.claudemesh.broker.invites;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InvitePayload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;

/// Tokens of the first protocol (PROTOCOL 9.1): base64url of the signed payload's JSON. Whoever has
/// one has the mesh key.
final class V1Token {
  private static final int VERSION = 1;

  private V1Token() {}

  /// The text that the owner signs.
  static String canonical(InvitePayload payload) {
    return String.join(
        "|",
        Integer.toString(payload.v()),
        payload.meshId(),
        payload.meshSlug(),
        payload.brokerUrl(),
        Long.toString(payload.expiresAt()),
        payload.meshRootKey(),
        payload.role(),
        payload.ownerPubkey());
  }

  /// Whether the key that the payload names as the owner's has signed it.
  static boolean signed(InvitePayload payload) {
    return PublicKey.isKey(payload.ownerPubkey())
        && Keys.verify(
            new PublicKey(payload.ownerPubkey()), canonical(payload), payload.signature());
  }

  /// Makes a token with the owner's key, which the broker has only of meshes made by old clients.
  static String make(
      InviteMesh mesh,
      InviteMesh.Secrets secrets,
      String brokerUrl,
      Instant expiresAt,
      String role) {
    InvitePayload unsigned =
        new InvitePayload(
            VERSION,
            mesh.id(),
            mesh.slug(),
            brokerUrl,
            expiresAt.getEpochSecond(),
            secrets.rootKey(),
            role,
            mesh.ownerPubkey(),
            "");
    String signature = Keys.sign(SecretKey.ofHex(secrets.ownerSecretKey()), canonical(unsigned));
    InvitePayload payload =
        new InvitePayload(
            VERSION,
            mesh.id(),
            mesh.slug(),
            brokerUrl,
            expiresAt.getEpochSecond(),
            secrets.rootKey(),
            role,
            mesh.ownerPubkey(),
            signature);
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Wire.mapper().writeValueAsBytes(payload));
  }

  /// What a token says; empty if it is not one.
  static Optional<InvitePayload> read(String token) {
    try {
      String json = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      return Optional.of(Wire.mapper().readValue(json, InvitePayload.class))
          .filter(V1Token::complete);
    } catch (IllegalArgumentException | JacksonException e) {
      return Optional.empty();
    }
  }

  /// Checks that a token belongs to the invite it comes with.
  ///
  /// @throws Problem `invite_bad_signature` or `invite_mesh_mismatch`
  static void check(String token, InviteMesh mesh, String role, Instant expiresAt) {
    InvitePayload payload = read(token).filter(V1Token::signed).orElseThrow(V1Token::badSignature);
    if (!payload.meshId().equals(mesh.id()) || !payload.ownerPubkey().equals(mesh.ownerPubkey())) {
      throw new Problem(
          ProblemCode.INVITE_MESH_MISMATCH,
          "The token is for another mesh, or not signed by the owner of this one");
    }
    if (!payload.role().equals(role) || payload.expiresAt() != expiresAt.getEpochSecond()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "create_invite: \"token\" must name the same role and expires_at as the invite");
    }
  }

  static Problem badSignature() {
    return new Problem(
        ProblemCode.INVITE_BAD_SIGNATURE,
        "The invite is not signed by the owner it names; ask for a new one");
  }

  private static boolean complete(InvitePayload payload) {
    return payload.meshId() != null
        && payload.meshSlug() != null
        && payload.brokerUrl() != null
        && payload.meshRootKey() != null
        && payload.role() != null
        && payload.ownerPubkey() != null
        && payload.signature() != null;
  }
}
