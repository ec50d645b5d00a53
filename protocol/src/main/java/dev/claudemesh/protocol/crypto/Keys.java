package dev.claudemesh.protocol.crypto;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// Signing, verifying, encrypting and opening. Thread-safe; the native library is loaded by the
/// first call.
///
/// What came over the wire never makes these throw: a signature that is not one is `false`, a body
/// that does not open is empty. Keys are ed25519; for boxes they are converted to x25519, as every
/// client of this protocol does.
public final class Keys {
  private static final Base64.Encoder BASE64 = Base64.getEncoder();
  private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();

  private Keys() {}

  /// Has libsodium loaded now rather than at its first use.
  ///
  /// @throws Problem `internal` if it cannot be
  public static void load() {
    Sodium.random(1);
  }

  /// A fresh random key.
  public static SecretKey generate() {
    return SecretKey.of(Sodium.generate());
  }

  /// Signs a canonical text.
  ///
  /// @return 128 lower-case hex characters
  /// @throws Problem `invalid_argument` if the text holds half a surrogate pair, which has no one
  ///   form in bytes
  public static String sign(SecretKey key, String canonical) {
    byte[] message =
        Encodings.exactUtf8(canonical)
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.INVALID_ARGUMENT,
                    "A text with broken characters cannot be signed; correct the names in it"));
    byte[] secret = key.bytes();
    try {
      return HexFormat.of().formatHex(Sodium.sign(message, secret));
    } finally {
      wipe(secret);
    }
  }

  /// Whether a signature is this key's over exactly this text; false for anything malformed.
  public static boolean verify(PublicKey key, String canonical, String signatureHex) {
    return Encodings.hex(signatureHex, Sodium.SIGNATURE_BYTES)
        .flatMap(signature ->
            Encodings.exactUtf8(canonical)
                .map(message -> Sodium.verify(signature, message, key.bytes())))
        .orElse(false);
  }

  /// Encrypts a text so that only the receiver can read it, and can tell who wrote it.
  ///
  /// @throws Problem `invalid_argument` if the receiver's key is no usable key
  public static Boxed box(String text, PublicKey to, SecretKey from) {
    byte[] nonce = Sodium.random(Sodium.NONCE_BYTES);
    byte[] receiver = x25519Of(to);
    byte[] secret = x25519SecretOf(from);
    try {
      byte[] boxed =
          Sodium.box(Encodings.utf8(text), nonce, receiver, secret)
              .orElseThrow(() -> unusable(to.brief()));
      return new Boxed(BASE64.encodeToString(nonce), BASE64.encodeToString(boxed));
    } finally {
      wipe(secret);
    }
  }

  /// Opens what {@link #box} made; empty if it was not boxed by this sender to this receiver, or
  /// was changed since.
  public static Optional<String> openBox(
      String nonceB64, String ciphertextB64, PublicKey from, SecretKey to) {
    Optional<byte[]> sender = Sodium.toX25519(from.bytes());
    Optional<byte[]> nonce = Encodings.base64(nonceB64);
    Optional<byte[]> boxed = Encodings.base64(ciphertextB64);
    if (sender.isEmpty() || nonce.isEmpty() || boxed.isEmpty()) {
      return Optional.empty();
    }
    byte[] secret = x25519SecretOf(to);
    try {
      return Sodium.openBox(boxed.get(), nonce.get(), sender.get(), secret).map(Keys::text);
    } finally {
      wipe(secret);
    }
  }

  /// Encrypts a text for everyone who holds the mesh key.
  public static Boxed secretBox(String text, MeshKey key) {
    byte[] nonce = Sodium.random(Sodium.NONCE_BYTES);
    byte[] boxed = Sodium.secretBox(Encodings.utf8(text), nonce, key.bytes());
    return new Boxed(BASE64.encodeToString(nonce), BASE64.encodeToString(boxed));
  }

  /// Opens what {@link #secretBox} made; empty if it was made under another key, or was changed
  /// since.
  public static Optional<String> openSecretBox(String nonceB64, String ciphertextB64, MeshKey key) {
    return Encodings.base64(nonceB64)
        .flatMap(nonce ->
            Encodings.base64(ciphertextB64)
                .flatMap(boxed -> Sodium.openSecretBox(boxed, nonce, key.bytes())))
        .map(Keys::text);
  }

  /// The x25519 half of a key for sealed boxes, base64url.
  public static String x25519Public(SecretKey key) {
    byte[] secret = x25519SecretOf(key);
    try {
      return BASE64_URL.encodeToString(Sodium.x25519Base(secret));
    } finally {
      wipe(secret);
    }
  }

  /// The x25519 form of a public key, base64url; empty for a key that is no usable point of the
  /// curve.
  public static Optional<String> x25519Public(PublicKey key) {
    return Sodium.toX25519(key.bytes()).map(BASE64_URL::encodeToString);
  }

  /// Lower-case hex.
  public static String sha256Hex(byte[] bytes) {
    return HexFormat.of().formatHex(sha256(bytes));
  }

  /// A short name of a key for people to compare and for links: the first 16 characters of its
  /// SHA-256 in base64url.
  public static String fingerprint(PublicKey key) {
    return BASE64_URL.encodeToString(sha256(key.bytes())).substring(0, 16);
  }

  static Optional<byte[]> openSeal(byte[] sealed, SecretKey member) {
    byte[] secret = x25519SecretOf(member);
    try {
      return Sodium.openSeal(sealed, Sodium.x25519Base(secret), secret);
    } finally {
      wipe(secret);
    }
  }

  static byte[] x25519Of(PublicKey key) {
    return Sodium.toX25519(key.bytes()).orElseThrow(() -> unusable(key.brief()));
  }

  static Problem unusable(String brief) {
    return new Problem(
        ProblemCode.INVALID_ARGUMENT,
        "Nothing can be encrypted to the key " + brief + "…: it is not a valid ed25519 key");
  }

  private static byte[] x25519SecretOf(SecretKey key) {
    byte[] secret = key.bytes();
    try {
      return Sodium.toX25519Secret(secret);
    } finally {
      wipe(secret);
    }
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private static void wipe(byte[] secret) {
    Arrays.fill(secret, (byte) 0);
  }
}
