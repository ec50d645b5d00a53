package dev.claudemesh.bench.mesh;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.IOException;
import java.util.Arrays;

/// One WebSocket of the load, without a pipeline: upgrades, takes frames apart in a scratch that
/// all sockets of the event loop share, and gathers what is written until a read is done.
abstract class PeerSocket extends ChannelInboundHandlerAdapter {
  private static final byte[] SWITCHING = Frames.ascii("HTTP/1.1 101");
  private static final byte[] EMPTY = {};
  private static final int FLUSH_BYTES = 64 << 10;
  private static final int FIRST_BYTES = 2 << 10;

  private final Scratch scratch;
  private final byte[] upgrade;
  private ChannelHandlerContext context;
  private byte[] rest = EMPTY;
  private boolean upgraded;
  private ByteBuf out;

  /// Where the event loop puts what it reads together with what was left. One thread.
  static final class Scratch {
    private byte[] bytes = new byte[256 << 10];

    byte[] room(int length) {
      if (bytes.length < length) {
        bytes = new byte[2 * length];
      }
      return bytes;
    }
  }

  PeerSocket(Scratch scratch, String host, String path) {
    this.scratch = scratch;
    this.upgrade =
        Frames.ascii(
            "GET "
                + path
                + " HTTP/1.1\r\nHost: "
                + host
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: YmVuY2hiZW5jaGJlbmNoYg==\r\n\r\n");
  }

  /// The connection is a WebSocket now.
  abstract void opened();

  /// A whole text frame.
  abstract void received(byte[] bytes, int from, int to);

  /// The connection is gone.
  abstract void lost(String why);

  /// All that came at once was looked at.
  abstract void settled();

  boolean writable() {
    return context.channel().isWritable();
  }

  /// Room for a frame at the end of what will be written.
  ByteBuf out(int bytes) {
    if (out == null) {
      out = context.alloc().directBuffer(Math.max(FIRST_BYTES, bytes));
    }
    return out;
  }

  void text(byte[] payload) {
    Frames.header(out(payload.length + 14), Frames.TEXT, payload.length);
    out.writeBytes(payload);
  }

  /// Hands over what was gathered once it is much.
  void flushIfMuch() {
    if (out != null && out.readableBytes() >= FLUSH_BYTES) {
      flush();
    }
  }

  void flush() {
    if (out != null) {
      ByteBuf gathered = out;
      out = null;
      context.writeAndFlush(gathered, context.voidPromise());
    }
  }

  void close() {
    context.close();
  }

  @Override
  public void channelActive(ChannelHandlerContext active) {
    context = active;
    out(upgrade.length).writeBytes(upgrade);
    flush();
  }

  @Override
  public void channelRead(ChannelHandlerContext reading, Object message) {
    ByteBuf read = (ByteBuf) message;
    int length = rest.length + read.readableBytes();
    byte[] bytes = scratch.room(length);
    System.arraycopy(rest, 0, bytes, 0, rest.length);
    read.readBytes(bytes, rest.length, read.readableBytes());
    read.release();
    int used = upgraded ? 0 : answer(bytes, length);
    if (upgraded) {
      used = frames(bytes, used, length);
    }
    rest = used == length ? EMPTY : Arrays.copyOfRange(bytes, used, length);
  }

  private int answer(byte[] bytes, int length) {
    for (int at = 3; at < length; at++) {
      if (bytes[at] == '\n' && bytes[at - 2] == '\n') {
        upgraded = Frames.matches(bytes, 0, SWITCHING);
        if (upgraded) {
          opened();
          return at + 1;
        }
        lost("no WebSocket: " + Frames.string(bytes, 0, Math.min(length, 60)));
        close();
      }
    }
    return 0;
  }

  private int frames(byte[] bytes, int from, int to) {
    int at = from;
    for (int header; (header = Frames.headerLength(bytes, at, to)) > 0; ) {
      int payload = at + header;
      int end = payload + Frames.payloadLength(bytes, at);
      if (end > to) {
        break;
      }
      frame(Frames.opcode(bytes, at), bytes, payload, end);
      at = end;
    }
    return at;
  }

  private void frame(int opcode, byte[] bytes, int from, int to) {
    switch (opcode) {
      case Frames.TEXT -> received(bytes, from, to);
      case Frames.PING -> {
        Frames.header(out(to - from + 14), Frames.PONG, to - from);
        out.writeBytes(bytes, from, to - from);
      }
      case Frames.CLOSE -> {
        lost(
            "closed by the broker: "
                + (to - from < 2
                    ? ""
                    : ((bytes[from] & 0xff) << 8 | bytes[from + 1] & 0xff)
                        + " "
                        + Frames.string(bytes, from + 2, to)));
        close();
      }
      default -> lost("a frame of a kind that this load does not read: " + opcode);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext done) {
    settled();
    flush();
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext changed) {
    settled();
    flush();
  }

  @Override
  public void channelInactive(ChannelHandlerContext gone) {
    if (out != null) {
      out.release();
      out = null;
    }
    lost("the connection ended");
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext failed, Throwable cause) {
    if (!(cause instanceof IOException)) {
      cause.printStackTrace();
    }
    lost(cause.toString());
    failed.close();
  }
}
