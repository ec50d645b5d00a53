package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Wire;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.node.ObjectNode;

/// The broker's end of one WebSocket, frame by frame (RFC 6455), on a real socket.
final class ScriptedConnection {
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;
  private final BlockingQueue<ObjectNode> received = new LinkedBlockingQueue<>();
  private volatile boolean deaf;
  private final BlockingQueue<String> control = new LinkedBlockingQueue<>();

  ScriptedConnection(Socket socket) throws IOException {
    this.socket = socket;
    this.in = new DataInputStream(new java.io.BufferedInputStream(socket.getInputStream()));
    this.out = socket.getOutputStream();
  }

  /// Who decides what happens to a frame of the client.
  interface Script {
    void frame(ScriptedConnection connection, ObjectNode frame);
  }

  /// Reads until the client is gone; answers pings and the close.
  void read(Script script) throws IOException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    while (true) {
      int first = in.read();
      if (first < 0) {
        control.add("eof");
        return;
      }
      int second = in.readUnsignedByte();
      int length = second & 0x7f;
      long size = length == 126 ? in.readUnsignedShort() : length == 127 ? in.readLong() : length;
      byte[] mask = in.readNBytes((second & 0x80) != 0 ? 4 : 0);
      byte[] payload = in.readNBytes((int) size);
      for (int i = 0; i < payload.length && mask.length == 4; i++) {
        payload[i] ^= mask[i % 4];
      }
      switch (first & 0x0f) {
        case PING -> {
          control.add("ping");
          if (!deaf) {
            write(PONG, payload);
          }
        }
        case PONG -> control.add("pong");
        case CLOSE -> {
          control.add("close");
          write(CLOSE, payload);
          socket.close();
          return;
        }
        default -> {
          message.write(payload);
          if ((first & 0x80) != 0) {
            ObjectNode frame = Wire.parse(message.toByteArray());
            message.reset();
            received.add(frame);
            script.frame(this, frame);
          }
        }
      }
    }
  }

  private synchronized void write(int opcode, byte[] payload) {
    try {
      ByteArrayOutputStream frame = new ByteArrayOutputStream();
      frame.write(0x80 | opcode);
      if (payload.length < 126) {
        frame.write(payload.length);
      } else if (payload.length < 1 << 16) {
        frame.write(126);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
      } else {
        frame.write(127);
        for (int shift = 56; shift >= 0; shift -= 8) {
          frame.write((int) ((long) payload.length >> shift));
        }
      }
      frame.write(payload);
      out.write(frame.toByteArray());
      out.flush();
    } catch (IOException e) {
      // the client is gone, as after a real broker's write
    }
  }

  void send(Outbound frame) {
    send(Wire.tree(frame, Optional.empty()).toString());
  }

  void reply(Outbound frame, ObjectNode to) {
    send(Wire.tree(frame, Wire.reqId(to)).toString());
  }

  void send(String text) {
    write(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /// Answers no ping from now on, as behind a router that forgot the connection.
  void goDeaf() {
    deaf = true;
  }

  void ping() {
    write(PING, new byte[0]);
  }

  void close(int code, String reason) {
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[2 + text.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    write(CLOSE, payload);
  }

  /// Cuts the wire.
  void drop() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The next frame of a type; frames of other types are passed over.
  ObjectNode next(String type) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    try {
      while (true) {
        ObjectNode frame = received.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (frame == null) {
          throw new AssertionError("No frame of type " + type + " came");
        }
        if (frame.get("type").stringValue().equals(type)) {
          return frame;
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Frames of a type that came and were not taken by {@link #next}.
  long count(String type) {
    return received.stream().filter(frame -> frame.get("type").stringValue().equals(type)).count();
  }

  /// Waits for a ping, pong, close, or the end of the stream.
  void awaitControl(String kind) {
    try {
      for (String seen = null; !kind.equals(seen); ) {
        seen = control.poll(20, TimeUnit.SECONDS);
        if (seen == null) {
          throw new AssertionError("No " + kind + " came");
        }
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
