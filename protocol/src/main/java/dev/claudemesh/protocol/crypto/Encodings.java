package dev.claudemesh.protocol.crypto;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// Texts to bytes and back; what is not well-formed is empty, never an exception.
final class Encodings {
  /// What JavaScript writes for half a surrogate pair, so that both ends encrypt the same bytes for
  /// the same text.
  private static final byte[] REPLACEMENT = {(byte) 0xef, (byte) 0xbf, (byte) 0xbd};

  private Encodings() {}

  static Optional<byte[]> base64(String text) {
    return decode(Base64.getDecoder(), text);
  }

  static Optional<byte[]> base64Url(String text) {
    return decode(Base64.getUrlDecoder(), text);
  }

  static Optional<byte[]> hex(String text, int bytes) {
    try {
      return text.length() == 2 * bytes
          ? Optional.of(HexFormat.of().parseHex(text))
          : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// The bytes that are signed: empty for a text that is not valid Unicode, since two such texts
  /// could have the same bytes.
  static Optional<byte[]> exactUtf8(String text) {
    try {
      return Optional.of(bytes(StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text))));
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /// The bytes that are encrypted; half a surrogate pair becomes U+FFFD.
  static byte[] utf8(String text) {
    try {
      return bytes(
          StandardCharsets.UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPLACE)
              .replaceWith(REPLACEMENT)
              .encode(CharBuffer.wrap(text)));
    } catch (CharacterCodingException e) {
      throw new IllegalStateException("UTF-8 encodes every character", e);
    }
  }

  private static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  private static Optional<byte[]> decode(Base64.Decoder decoder, String text) {
    try {
      return Optional.of(decoder.decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
