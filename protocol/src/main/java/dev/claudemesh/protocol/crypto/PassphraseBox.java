package dev.claudemesh.protocol.crypto;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A text that opens with a passphrase, as the bytes of a file (PROTOCOL 10): `CMB1`, 16 bytes of
/// salt, 24 of nonce, then XChaCha20-Poly1305 under the key that Argon2id makes of the passphrase.
/// Making that key takes 64 MB for a moment, and so it does for each guess of somebody else.
public final class PassphraseBox {
  /// How many characters a passphrase must have.
  public static final int SHORTEST = 12;

  private static final byte[] MAGIC = "CMB1".getBytes(StandardCharsets.US_ASCII);
  private static final int NONCE_AT = MAGIC.length + Sodium.SALT_BYTES;
  private static final int BODY_AT = NONCE_AT + Sodium.NONCE_BYTES;

  private PassphraseBox() {}

  /// @throws IllegalArgumentException if the passphrase is shorter than {@link #SHORTEST}
  public static byte[] seal(String text, char[] passphrase) {
    if (Character.codePointCount(passphrase, 0, passphrase.length) < SHORTEST) {
      throw new IllegalArgumentException("A passphrase has " + SHORTEST + " characters at least");
    }
    byte[] salt = Sodium.random(Sodium.SALT_BYTES);
    byte[] nonce = Sodium.random(Sodium.NONCE_BYTES);
    byte[] key = key(passphrase, salt);
    byte[] plain = Encodings.utf8(text);
    try {
      byte[] body = Sodium.aeadSeal(plain, new byte[0], nonce, key);
      return ByteBuffer.allocate(BODY_AT + body.length)
          .put(MAGIC)
          .put(salt)
          .put(nonce)
          .put(body)
          .array();
    } finally {
      Arrays.fill(key, (byte) 0);
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// Whether these bytes claim to be such a box.
  public static boolean isOne(byte[] file) {
    return file.length >= MAGIC.length
        && Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
  }

  /// Empty for another passphrase, and for a box that was changed or cut; nothing tells which.
  public static Optional<String> open(byte[] file, char[] passphrase) {
    if (!isOne(file) || file.length < BODY_AT + Sodium.MAC_BYTES) {
      return Optional.empty();
    }
    byte[] key = key(passphrase, Arrays.copyOfRange(file, MAGIC.length, NONCE_AT));
    try {
      Optional<byte[]> plain =
          Sodium.aeadOpen(
              Arrays.copyOfRange(file, BODY_AT, file.length),
              new byte[0],
              Arrays.copyOfRange(file, NONCE_AT, BODY_AT),
              key);
      Optional<String> text = plain.map(bytes -> new String(bytes, StandardCharsets.UTF_8));
      plain.ifPresent(bytes -> Arrays.fill(bytes, (byte) 0));
      return text;
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private static byte[] key(char[] passphrase, byte[] salt) {
    ByteBuffer buffer = StandardCharsets.UTF_8.encode(CharBuffer.wrap(passphrase));
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    Arrays.fill(buffer.array(), (byte) 0);
    try {
      return Sodium.keyOfPassphrase(bytes, salt);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
