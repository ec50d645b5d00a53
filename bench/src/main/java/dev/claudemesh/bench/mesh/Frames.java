package dev.claudemesh.bench.mesh;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// WebSocket frames as bytes, and the few fields of their JSON that a load needs, found without
/// building a tree.
///
/// What we send is masked with zeros, which is allowed and costs nothing.
final class Frames {
  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FINAL = 0x80;
  private static final int MASKED = 0x80;
  private static final int SHORT = 126;
  private static final int LONG = 127;

  private Frames() {}

  /// A field name as it stands before a text value.
  static byte[] text(String field) {
    return ascii("\"" + field + "\":\"");
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /// Writes the beginning of a client's frame; the payload follows as it is.
  static void header(ByteBuf out, int opcode, int length) {
    out.writeByte(FINAL | opcode);
    if (length < SHORT) {
      out.writeByte(MASKED | length);
    } else if (length <= 0xffff) {
      out.writeByte(MASKED | SHORT).writeShort(length);
    } else {
      out.writeByte(MASKED | LONG).writeLong(length);
    }
    out.writeInt(0);
  }

  /// Bytes of the beginning of the server's frame at an offset, or 0 if they are not all there.
  static int headerLength(byte[] bytes, int from, int to) {
    if (to - from < 2) {
      return 0;
    }
    int length =
        switch (bytes[from + 1] & 0x7f) {
          case SHORT -> 4;
          case LONG -> 10;
          default -> 2;
        };
    return to - from < length ? 0 : length;
  }

  /// Bytes of the payload of the server's frame at an offset.
  static int payloadLength(byte[] bytes, int from) {
    int length = bytes[from + 1] & 0x7f;
    if (length < SHORT) {
      return length;
    }
    int last = from + (length == SHORT ? 4 : 10);
    long value = 0;
    for (int i = from + 2; i < last; i++) {
      value = value << 8 | bytes[i] & 0xff;
    }
    return Math.toIntExact(value);
  }

  static int opcode(byte[] bytes, int from) {
    return bytes[from] & 0x0f;
  }

  /// Where the text value of a field begins, or -1. An escaped quote inside a value never looks
  /// like the quote before a name.
  static int find(byte[] bytes, int from, int to, byte[] field) {
    int last = to - field.length;
    for (int at = from; at <= last; at++) {
      if (bytes[at] == '"' && bytes[at + 1] == field[1] && matches(bytes, at, field)) {
        return at + field.length;
      }
    }
    return -1;
  }

  static boolean matches(byte[] bytes, int at, byte[] expected) {
    for (int i = 0; i < expected.length; i++) {
      if (bytes[at + i] != expected[i]) {
        return false;
      }
    }
    return true;
  }

  /// Where a text value ends.
  static int end(byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != '"') {
      at += bytes[at] == '\\' ? 2 : 1;
    }
    return at;
  }

  static String string(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.UTF_8);
  }

  /// Tells one id from another.
  static long hash(byte[] bytes, int from, int to) {
    long hash = 0xcbf29ce484222325L;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x100000001b3L;
    }
    return hash;
  }
}
