package dev.claudemesh.protocol.crypto;

import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/// The key that a mesh's group messages are encrypted under during one epoch. Members hold it; the
/// broker sees it only sealed.
public final class MeshKey {
  private static final Base64.Encoder B64URL = Base64.getUrlEncoder().withoutPadding();

  private final int epoch;
  private final byte[] bytes;

  private MeshKey(int epoch, byte[] bytes) {
    if (epoch < 1) {
      throw new IllegalArgumentException("Epochs are counted from 1");
    }
    if (bytes.length != Sodium.KEY_BYTES) {
      throw new IllegalArgumentException("A mesh key is 32 bytes");
    }
    this.epoch = epoch;
    this.bytes = bytes;
  }

  /// A fresh random key.
  public static MeshKey generate(int epoch) {
    return new MeshKey(epoch, Sodium.random(Sodium.KEY_BYTES));
  }

  /// Reads the form that a config file holds.
  ///
  /// @throws IllegalArgumentException if it is not 32 bytes in base64url
  public static MeshKey ofBase64Url(int epoch, String text) {
    return new MeshKey(
        epoch,
        Encodings.base64Url(text)
            .orElseThrow(() -> new IllegalArgumentException("A mesh key is base64url")));
  }

  /// Opens a key that was sealed to a member; empty if it was sealed to somebody else, tampered
  /// with, or is no mesh key.
  public static Optional<MeshKey> openSealed(int epoch, String sealed, SecretKey member) {
    if (epoch < 1) {
      return Optional.empty();
    }
    return Encodings.base64Url(sealed)
        .flatMap(bytes -> Keys.openSeal(bytes, member))
        .filter(key -> key.length == Sodium.KEY_BYTES)
        .map(key -> new MeshKey(epoch, key));
  }

  /// For writing into a file that only its owner may read.
  public String exposeBase64Url() {
    return B64URL.encodeToString(bytes);
  }

  public int epoch() {
    return epoch;
  }

  /// The key, sealed so that only the member can open it; base64url.
  ///
  /// @throws dev.claudemesh.protocol.Problem `invalid_argument` if the member's key is not usable
  public String sealTo(PublicKey member) {
    return B64URL.encodeToString(
        Sodium.seal(bytes, Keys.x25519Of(member)).orElseThrow(() -> Keys.unusable(member.brief())));
  }

  /// The key, sealed to an x25519 key in base64url, which is all that old clients send with a
  /// claim; empty if that key is not usable.
  public Optional<String> sealToX25519(String recipient) {
    return Encodings.base64Url(recipient)
        .filter(key -> key.length == Sodium.KEY_BYTES)
        .flatMap(key -> Sodium.seal(bytes, key))
        .map(B64URL::encodeToString);
  }

  byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MeshKey key
        && epoch == key.epoch
        && MessageDigest.isEqual(bytes, key.bytes);
  }

  /// By epoch alone: equal keys have equal epochs, and nothing of the key shows.
  @Override
  public int hashCode() {
    return Integer.hashCode(epoch);
  }

  @Override
  public String toString() {
    return "MeshKey[epoch=" + epoch + "]";
  }
}
