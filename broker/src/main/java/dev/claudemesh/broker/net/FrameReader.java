package dev.claudemesh.broker.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;

/// Reads WebSocket frames (RFC 6455) and joins fragments.
///
/// Netty's own decoder fixes the largest frame when the connection opens; ours asks each time,
/// because the hello may raise it, and refuses a frame that is too large by its header, before a
/// byte of it is kept. Runs on the event loop.
final class FrameReader extends ByteToMessageDecoder implements WebSocketFrameDecoder {
  /// The high bit of each of eight bytes.
  private static final long BEYOND_ASCII = 0x8080_8080_8080_8080L;

  private static final int CONTINUATION = 0x0;
  private static final int TEXT = 0x1;
  private static final int BINARY = 0x2;
  private static final int CLOSE = 0x8;
  private static final int PING = 0x9;
  private static final int PONG = 0xA;
  private static final int MAX_CONTROL = 125;
  private static final int MASK_BYTES = 4;
  private static final int NO_CODE = 1005;

  private final IntSupplier cap;
  private final ByteArrayOutputStream fragments = new ByteArrayOutputStream(0);

  /// TEXT or BINARY while fragments of such a message are being collected, else CONTINUATION.
  private int collecting = CONTINUATION;

  private boolean broken;

  /// @param cap the largest message that is accepted now, in bytes
  FrameReader(IntSupplier cap) {
    this.cap = cap;
  }

  /// A frame's header.
  private record Header(boolean last, int opcode, long length, int bytes) {
    boolean control() {
      return opcode >= CLOSE;
    }
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    if (broken) {
      in.skipBytes(in.readableBytes());
      return;
    }
    Optional<Header> peeked = header(in);
    if (peeked.isEmpty()) {
      return;
    }
    Header header = peeked.get();
    Optional<Inbound.Violation> violation = violation(header, in);
    if (violation.isPresent()) {
      broken = true;
      in.skipBytes(in.readableBytes());
      out.add(violation.get());
      return;
    }
    int length = (int) header.length();
    if (in.readableBytes() < header.bytes() + MASK_BYTES + length) {
      return;
    }
    in.skipBytes(header.bytes());
    Inbound inbound = read(header, unmasked(in, length));
    if (inbound instanceof Inbound.Violation) {
      broken = true;
      in.skipBytes(in.readableBytes());
    }
    if (inbound != null) {
      out.add(inbound);
    }
  }

  /// Looks at the header without taking it; empty while it is not there completely.
  private static Optional<Header> header(ByteBuf in) {
    int start = in.readerIndex();
    if (in.readableBytes() < 2) {
      return Optional.empty();
    }
    int first = in.getUnsignedByte(start);
    int shortLength = in.getUnsignedByte(start + 1) & 0x7f;
    int bytes = shortLength == 126 ? 4 : shortLength == 127 ? 10 : 2;
    if (in.readableBytes() < bytes) {
      return Optional.empty();
    }
    long length =
        switch (shortLength) {
          case 126 -> in.getUnsignedShort(start + 2);
          case 127 -> in.getLong(start + 2);
          default -> shortLength;
        };
    return Optional.of(new Header((first & 0x80) != 0, first & 0x0f, length, bytes));
  }

  private Optional<Inbound.Violation> violation(Header header, ByteBuf in) {
    int start = in.readerIndex();
    boolean reserved = (in.getUnsignedByte(start) & 0x70) != 0;
    boolean masked = (in.getUnsignedByte(start + 1) & 0x80) != 0;
    if (reserved || !masked || header.length() < 0) {
      return broke("bad frame header");
    }
    return switch (header.opcode()) {
      case CONTINUATION ->
          collecting == CONTINUATION ? broke("continuation of nothing") : tooLarge(header);
      case TEXT, BINARY ->
          collecting == CONTINUATION ? tooLarge(header) : broke("message inside a message");
      case CLOSE, PING, PONG ->
          header.last() && header.length() <= MAX_CONTROL
              ? Optional.empty()
              : broke("bad control frame");
      default -> broke("unknown opcode");
    };
  }

  private Optional<Inbound.Violation> tooLarge(Header header) {
    return fragments.size() + header.length() > cap.getAsInt()
        ? Optional.of(new Inbound.Violation(WebSocketCloseStatus.MESSAGE_TOO_BIG.code(), ""))
        : Optional.empty();
  }

  private static Optional<Inbound.Violation> broke(String reason) {
    return Optional.of(new Inbound.Violation(WebSocketCloseStatus.PROTOCOL_ERROR.code(), reason));
  }

  private static byte[] unmasked(ByteBuf in, int length) {
    int mask = in.readInt();
    byte[] payload = new byte[length];
    in.readBytes(payload);
    for (int i = 0; i < length; i++) {
      payload[i] ^= (byte) (mask >>> (24 - 8 * (i & 3)));
    }
    return payload;
  }

  /// A frame whose payload is complete, or null if more of its message is to come.
  private Inbound read(Header header, byte[] payload) {
    return switch (header.opcode()) {
      case PING -> new Inbound.Ping(payload);
      case PONG -> new Inbound.Pong();
      case CLOSE -> close(payload);
      default -> message(header, payload);
    };
  }

  private Inbound message(Header header, byte[] payload) {
    int kind = header.opcode() == CONTINUATION ? collecting : header.opcode();
    if (!header.last()) {
      collecting = kind;
      fragments.writeBytes(payload);
      return null;
    }
    byte[] whole = payload;
    if (header.opcode() == CONTINUATION) {
      fragments.writeBytes(payload);
      whole = fragments.toByteArray();
      fragments.reset();
      collecting = CONTINUATION;
    }
    return kind == TEXT && !utf8(ByteBuffer.wrap(whole))
        ? new Inbound.Violation(WebSocketCloseStatus.INVALID_PAYLOAD_DATA.code(), "not UTF-8")
        : new Inbound.Message(whole);
  }

  private static boolean ascii(ByteBuffer bytes) {
    for (int i = bytes.position(); i < bytes.limit(); i++) {
      if (bytes.get(i) < 0) {
        return false;
      }
    }
    return true;
  }

  private static Inbound close(byte[] payload) {
    if (payload.length == 0) {
      return new Inbound.Close(NO_CODE);
    }
    if (payload.length == 1 || !utf8(ByteBuffer.wrap(payload, 2, payload.length - 2))) {
      return new Inbound.Violation(WebSocketCloseStatus.PROTOCOL_ERROR.code(), "bad close frame");
    }
    int code = ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    return WebSocketCloseStatus.isValidStatusCode(code)
        ? new Inbound.Close(code)
        : new Inbound.Violation(WebSocketCloseStatus.PROTOCOL_ERROR.code(), "bad close code");
  }

  private static boolean utf8(ByteBuffer bytes) {
    while (bytes.remaining() >= Long.BYTES
        && (bytes.getLong(bytes.position()) & BEYOND_ASCII) == 0) {
      bytes.position(bytes.position() + Long.BYTES);
    }
    if (bytes.remaining() < Long.BYTES && ascii(bytes)) {
      return true;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(bytes);
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }
}
