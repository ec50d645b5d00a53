package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Body;
import dev.claudemesh.bench.load.Workload;
import io.netty.buffer.ByteBuf;

/// The `send` frames of one sender: the same bytes each time, but for the target, the numbers and
/// the time. One thread.
final class SendFrame {
  private static final int ID_DIGITS = 8;
  private static final int ADDRESS = 64;
  private static final byte[] NONCE = Frames.ascii("QkVOQ0hCRU5DSEJFTkNIQkVOQ0hCRU5D");

  private final Body body;
  private final byte[] frame;
  private final int targetAt;
  private final int bodyAt;
  private final int idAt;
  private final int clientIdAt;

  /// @param run tells the client's ids of this run from those of others
  /// @param epoch of the mesh key, for messages to many
  SendFrame(Workload work, Body body, String run, int sender, int epoch) {
    this.body = body;
    StringBuilder json = new StringBuilder("{\"type\":\"send\",\"targetSpec\":\"");
    this.targetAt = json.length();
    json.append(
        switch (work.kind()) {
          case DIRECT -> "0".repeat(ADDRESS);
          case GROUP -> "@" + Fleet.GROUP;
          case BROADCAST -> "*";
        });
    json.append("\",\"priority\":\"next\",\"nonce\":\"")
        .append(new String(NONCE, java.nio.charset.StandardCharsets.US_ASCII));
    json.append("\",\"ciphertext\":\"");
    this.bodyAt = json.length();
    json.append(
        new String(
            body.blank(work.bodyBytes(), sender), java.nio.charset.StandardCharsets.US_ASCII));
    json.append("\",\"id\":\"");
    this.idAt = json.length();
    json.append("0".repeat(ID_DIGITS));
    json.append("\",\"client_message_id\":\"").append(run).append('-').append(sender).append('-');
    this.clientIdAt = json.length();
    json.append("0".repeat(ID_DIGITS)).append('"');
    json.append(
        work.kind() == Workload.Kind.DIRECT
            ? ",\"enc\":\"box\"}"
            : ",\"enc\":\"group\",\"epoch\":" + epoch + "}");
    this.frame = Frames.ascii(json.toString());
  }

  int bytes() {
    return frame.length + 14;
  }

  /// Writes one message.
  ///
  /// @param target 64 hex characters of a direct message; ignored for messages to many
  void write(ByteBuf out, byte[] target, int seq, long dueNanos) {
    if (target.length == ADDRESS) {
      System.arraycopy(target, 0, frame, targetAt, ADDRESS);
    }
    body.stamp(frame, bodyAt, seq, dueNanos);
    number(idAt, seq);
    number(clientIdAt, seq);
    Frames.header(out, Frames.TEXT, frame.length);
    out.writeBytes(frame);
  }

  private void number(int at, int value) {
    int rest = value;
    for (int i = at + ID_DIGITS - 1; i >= at; i--) {
      frame[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
  }

  /// Reads the number back from an id; -1 if it is no id of ours.
  static int seq(byte[] bytes, int from, int to) {
    if (to - from != ID_DIGITS) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      int digit = bytes[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = 10 * value + digit;
    }
    return value;
  }
}
