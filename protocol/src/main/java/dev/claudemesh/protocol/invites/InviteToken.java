package dev.claudemesh.protocol.invites;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// The v1 invite: a token that names the mesh, its broker and its owner, and carries the mesh key.
/// Whoever has it can read the mesh's group messages, so it is made only for clients that know no
/// other kind.
public final class InviteToken {
  private static final int VERSION = 1;
  private static final int MAX_LENGTH = 4_000;

  private InviteToken() {}

  /// The signed payload, with the owner's signature over its first eight values.
  ///
  /// @throws IllegalArgumentException if the key is not the owner's
  public static InvitePayload sign(InvitePayload payload, SecretKey owner) {
    if (!owner.publicKey().hex().equals(payload.ownerPubkey())) {
      throw new IllegalArgumentException("A token is signed by the owner it names");
    }
    return new InvitePayload(
        payload.v(),
        payload.meshId(),
        payload.meshSlug(),
        payload.brokerUrl(),
        payload.expiresAt(),
        payload.meshRootKey(),
        payload.role(),
        payload.ownerPubkey(),
        Keys.sign(owner, canonical(payload)));
  }

  /// Whether the owner whom the payload names signed it.
  public static boolean isSigned(InvitePayload payload) {
    return payload.v() == VERSION
        && PublicKey.isKey(payload.ownerPubkey())
        && Keys.verify(
            new PublicKey(payload.ownerPubkey()), canonical(payload), payload.signature());
  }

  /// The text that is signed. Holds the mesh key: not for logs.
  public static String canonical(InvitePayload payload) {
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

  /// The token: the payload's JSON in base64url.
  public static String encode(InvitePayload payload) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(Wire.mapper().writeValueAsBytes(payload));
  }

  /// What a token holds; empty if it is none. Says nothing about its signature.
  public static Optional<InvitePayload> decode(String token) {
    if (token.length() > MAX_LENGTH) {
      return Optional.empty();
    }
    try {
      byte[] json = Base64.getUrlDecoder().decode(token.getBytes(StandardCharsets.ISO_8859_1));
      return Optional.of(Wire.convert("token", Wire.parse(json), InvitePayload.class))
          .filter(payload -> payload.v() == VERSION && isComplete(payload));
    } catch (IllegalArgumentException | Problem e) {
      return Optional.empty();
    }
  }

  private static boolean isComplete(InvitePayload payload) {
    return Stream.of(
            payload.meshId(),
            payload.meshSlug(),
            payload.brokerUrl(),
            payload.meshRootKey(),
            payload.role(),
            payload.ownerPubkey(),
            payload.signature())
        .allMatch(Objects::nonNull);
  }
}
