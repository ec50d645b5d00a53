package dev.claudemesh.protocol.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/// One frame of RFC 6455, as it is read and written. Pure but for the mask.
///
/// @param last whether the message ends with it
record WebSocketFrame(boolean last, int opcode, byte[] payload) {
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int LAST = 0x80;
  private static final int MASKED = 0x80;
  private static final int RESERVED = 0x70;
  private static final int TWO_BYTES = 126;
  private static final int EIGHT_BYTES = 127;
  private static final int MAX_CONTROL = 125;
  private static final int MASK_BYTES = 4;

  /// A frame that breaks the rules of the protocol; the connection cannot go on.
  static final class Broken extends IOException {
    private static final long serialVersionUID = 1;

    Broken(String message) {
      super(message);
    }
  }

  static WebSocketFrame text(byte[] utf8) {
    return new WebSocketFrame(true, TEXT, utf8);
  }

  static WebSocketFrame ping() {
    return new WebSocketFrame(true, PING, new byte[0]);
  }

  static WebSocketFrame pong(byte[] payload) {
    return new WebSocketFrame(true, PONG, payload);
  }

  static WebSocketFrame close(int code) {
    return new WebSocketFrame(true, CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  boolean control() {
    return opcode >= CLOSE;
  }

  /// Reads what a server sent.
  ///
  /// @throws Broken if it is longer than allowed, masked, or uses what was not agreed on
  static WebSocketFrame read(DataInputStream in, int maxPayload) throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    int opcode = first & 0x0f;
    boolean last = (first & LAST) != 0;
    boolean known = opcode <= BINARY || (opcode >= CLOSE && opcode <= PONG);
    if ((first & RESERVED) != 0 || (second & MASKED) != 0 || !known) {
      throw new Broken("it sent a frame that is none of WebSocket's");
    }
    int length = second & ~MASKED;
    if (opcode >= CLOSE && (length > MAX_CONTROL || !last)) {
      throw new Broken("it sent a control frame that is too long");
    }
    long size =
        length == TWO_BYTES
            ? in.readUnsignedShort()
            : length == EIGHT_BYTES ? in.readLong() : length;
    if (size < 0 || size > maxPayload) {
      throw new Broken("it sent a frame of more than " + maxPayload + " bytes");
    }
    byte[] payload = new byte[(int) size];
    in.readFully(payload);
    return new WebSocketFrame(last, opcode, payload);
  }

  /// As a client sends it: masked.
  byte[] encoded() {
    byte[] mask = new byte[MASK_BYTES];
    RANDOM.nextBytes(mask);
    ByteBuffer frame = ByteBuffer.allocate(2 + Long.BYTES + MASK_BYTES + payload.length);
    frame.put((byte) ((last ? LAST : 0) | opcode));
    if (payload.length < TWO_BYTES) {
      frame.put((byte) (MASKED | payload.length));
    } else if (payload.length < 1 << 16) {
      frame.put((byte) (MASKED | TWO_BYTES)).putShort((short) payload.length);
    } else {
      frame.put((byte) (MASKED | EIGHT_BYTES)).putLong(payload.length);
    }
    frame.put(mask);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ mask[i & 3]));
    }
    byte[] bytes = new byte[frame.position()];
    frame.flip().get(bytes);
    return bytes;
  }

  /// The code of a close frame; 1005, as the RFC has it, where there is none.
  int closeCode() {
    return payload.length < 2 ? 1005 : ByteBuffer.wrap(payload).getShort() & 0xffff;
  }

  String closeReason() {
    return payload.length < 2
        ? ""
        : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
  }
}
