package dev.claudemesh.bench.mesh;

import dev.claudemesh.bench.load.Body;
import dev.claudemesh.bench.load.Tally;
import dev.claudemesh.bench.load.Workload;
import io.netty.buffer.ByteBuf;
import java.util.TreeSet;

/// One peer of the load: says hello, sends its share with a bounded number of unacked messages, and
/// confirms every message it gets. Everything happens on the one event loop.
///
/// After a refusal that may pass it waits until everything under way is answered, then sends the
/// refused ones again in their order, as the broker holds the later ones back.
final class MeshPeer extends PeerSocket {
  private static final byte[] TYPE = Frames.text("type");
  private static final byte[] PUSH = Frames.ascii("push\"");
  private static final byte[] ACK = Frames.ascii("ack\"");
  private static final byte[] ERROR = Frames.ascii("error\"");
  private static final byte[] HELLO_ACK = Frames.ascii("hello_ack\"");
  private static final byte[] ID = Frames.text("id");
  private static final byte[] MESSAGE_ID = Frames.text("messageId");
  private static final byte[] CIPHERTEXT = Frames.text("ciphertext");
  private static final byte[] RETRYABLE = Frames.ascii("\"retryable\":true");
  private static final byte[] EPOCH = Frames.ascii("\"epoch\":");
  private static final byte[] MANY = Frames.ascii("\"" + MemberKeys.ACK_MANY + "\"");
  private static final byte[] CONFIRM =
      Frames.ascii("{\"type\":\"client_ack\",\"brokerMessageId\":\"");
  private static final byte[] CONFIRM_END = Frames.ascii("\"}");
  private static final byte[] CONFIRM_MANY =
      Frames.ascii("{\"type\":\"client_ack\",\"brokerMessageIds\":[");
  private static final byte[] CONFIRM_MANY_END = Frames.ascii("]}");
  private static final int ID_ROOM = 40;
  private static final int MOST_IN_ONE = 100;
  private static final String FENCE = "fence";

  private final Fleet fleet;
  private final int number;
  private final byte[] address;
  private byte[] hello;
  private int epoch = 1;
  private boolean ackMany;
  private boolean gone;

  private Share share;
  private byte[] toConfirm;
  private int confirming;
  private int confirmingBytes;
  private byte[] lastId;

  /// What this peer sends in a run.
  private static final class Share {
    private final Tally tally;
    private final Workload work;
    private final SendFrame frame;
    private final int count;
    private final long start;
    private final TreeSet<Integer> refused = new TreeSet<>();
    private int next;
    private int underWay;
    private boolean pausing;

    private Share(Tally tally, SendFrame frame, int count, long start) {
      this.tally = tally;
      this.work = tally.work();
      this.frame = frame;
      this.count = count;
      this.start = start;
    }
  }

  /// @param hello the first frame, signed already
  MeshPeer(Fleet fleet, Scratch scratch, int number, String address, byte[] hello) {
    super(scratch, fleet.host(), fleet.path());
    this.fleet = fleet;
    this.number = number;
    this.address = Frames.ascii(address);
    this.hello = hello;
  }

  int number() {
    return number;
  }

  byte[] address() {
    return address;
  }

  @Override
  void opened() {
    text(hello);
    hello = null;
  }

  @Override
  void lost(String why) {
    if (!gone) {
      gone = true;
      fleet.lost(why);
    }
  }

  /// Begins to send; the event loop calls `pump` from here on.
  void begin(Tally tally, Body body, String run, long start) {
    Workload work = tally.work();
    boolean sends = number < work.senders();
    SendFrame frame = sends ? new SendFrame(work, body, run, number, epoch) : null;
    share = new Share(tally, frame, sends ? work.perSender() : 0, start);
  }

  /// Writes what is due, as far as window and socket permit.
  void pump() {
    Share mine = share;
    if (mine == null || mine.count == 0) {
      return;
    }
    long now = System.nanoTime();
    if (mine.refused.isEmpty()) {
      while (mine.next < mine.count
          && mine.underWay < mine.work.window()
          && mine.work.dueNanos(number, mine.next) <= now - mine.start
          && writable()) {
        write(mine, mine.next++, now);
      }
    } else if (!mine.pausing && mine.underWay == 0) {
      mine.pausing = true;
      fleet.later(() -> repeat(mine));
    }
    flushIfMuch();
  }

  private void repeat(Share mine) {
    mine.pausing = false;
    long now = System.nanoTime();
    while (!mine.refused.isEmpty()) {
      write(mine, mine.refused.pollFirst(), now);
    }
    pump();
    flush();
  }

  private void write(Share mine, int seq, long now) {
    ByteBuf out = out(mine.frame.bytes());
    mine.frame.write(
        out, fleet.addressOf(mine.work, number, seq), seq, mine.work.dueNanos(number, seq));
    mine.underWay++;
    mine.tally.written(number, seq, now);
    flushIfMuch();
  }

  @Override
  void received(byte[] bytes, int from, int to) {
    int type = Frames.find(bytes, from, to, TYPE);
    if (type < 0) {
      return;
    }
    if (Frames.matches(bytes, type, PUSH)) {
      push(bytes, from, to);
    } else if (Frames.matches(bytes, type, ACK)) {
      ack(bytes, from, to);
    } else if (Frames.matches(bytes, type, ERROR)) {
      error(bytes, from, to);
    } else if (Frames.matches(bytes, type, HELLO_ACK)) {
      helloAck(bytes, from, to);
    }
  }

  private void helloAck(byte[] bytes, int from, int to) {
    for (int at = from; at < to - EPOCH.length; at++) {
      if (bytes[at] == '"' && Frames.matches(bytes, at, EPOCH)) {
        epoch = Integer.parseInt(Frames.string(bytes, at + EPOCH.length, to).split("\\D", 2)[0]);
        break;
      }
    }
    ackMany = Frames.find(bytes, from, to, MANY) >= 0;
    fleet.ready();
  }

  /// News of the mesh have no body; they are dropped here.
  private void push(byte[] bytes, int from, int to) {
    int id = Frames.find(bytes, from, to, MESSAGE_ID);
    int body = Frames.find(bytes, from, to, CIPHERTEXT);
    if (id < 0 || body < 0 || bytes[body] == '"') {
      return;
    }
    int idEnd = Frames.end(bytes, id, to);
    fleet.arrived(
        number, Frames.hash(bytes, id, idEnd), bytes, body, Math.min(to, body + Body.HEADER));
    confirm(bytes, id, idEnd);
  }

  private void confirm(byte[] bytes, int id, int end) {
    if (ackMany) {
      gather(bytes, id, end);
      return;
    }
    int length = CONFIRM.length + (end - id) + CONFIRM_END.length;
    ByteBuf out = out(length + 14);
    Frames.header(out, Frames.TEXT, length);
    out.writeBytes(CONFIRM).writeBytes(bytes, id, end - id).writeBytes(CONFIRM_END);
    lastId = java.util.Arrays.copyOfRange(bytes, id, end);
  }

  /// Ids wait until the read is done, then go in one frame.
  private void gather(byte[] bytes, int id, int end) {
    if (toConfirm == null) {
      toConfirm = new byte[MOST_IN_ONE * ID_ROOM];
    }
    if (confirming == MOST_IN_ONE || confirmingBytes + end - id + 3 > toConfirm.length) {
      confirmGathered();
    }
    if (confirming++ > 0) {
      toConfirm[confirmingBytes++] = ',';
    }
    toConfirm[confirmingBytes++] = '"';
    System.arraycopy(bytes, id, toConfirm, confirmingBytes, end - id);
    confirmingBytes += end - id;
    toConfirm[confirmingBytes++] = '"';
    lastId = java.util.Arrays.copyOfRange(bytes, id, end);
  }

  private void confirmGathered() {
    if (confirming > 0) {
      int length = CONFIRM_MANY.length + confirmingBytes + CONFIRM_MANY_END.length;
      ByteBuf out = out(length + 14);
      Frames.header(out, Frames.TEXT, length);
      out.writeBytes(CONFIRM_MANY)
          .writeBytes(toConfirm, 0, confirmingBytes)
          .writeBytes(CONFIRM_MANY_END);
      confirming = 0;
      confirmingBytes = 0;
    }
  }

  private void ack(byte[] bytes, int from, int to) {
    int id = Frames.find(bytes, from, to, ID);
    if (id < 0) {
      return;
    }
    int end = Frames.end(bytes, id, to);
    int seq = SendFrame.seq(bytes, id, end);
    if (seq >= 0 && share != null) {
      share.underWay--;
      share.tally.acked(number, seq, System.nanoTime());
    } else if (Frames.string(bytes, id, end).equals(FENCE)) {
      fleet.fenced();
    }
  }

  private void error(byte[] bytes, int from, int to) {
    String text = Frames.string(bytes, from, to);
    int id = Frames.find(bytes, from, to, ID);
    int seq = id < 0 ? -1 : SendFrame.seq(bytes, id, Frames.end(bytes, id, to));
    boolean again = Frames.find(bytes, from, to, RETRYABLE) >= 0;
    if (share == null && again && !gone) {
      gone = true;
      close();
      fleet.tryAgain(this);
    } else if (share == null) {
      lost("refused: " + text);
    } else if (seq >= 0 && again) {
      share.underWay--;
      share.refused.add(seq);
    } else if (seq >= 0) {
      share.tally.fail("a message was refused: " + text);
    } else {
      share.tally.error(text);
    }
  }

  /// Asks for an answer behind everything that was confirmed.
  ///
  /// @return whether there was anything to confirm
  boolean fence() {
    if (lastId == null) {
      return false;
    }
    text(
        Frames.ascii(
            "{\"type\":\"client_ack\",\"brokerMessageId\":\""
                + Frames.string(lastId, 0, lastId.length)
                + "\",\"_reqId\":\""
                + FENCE
                + "\"}"));
    flush();
    return true;
  }

  @Override
  void settled() {
    confirmGathered();
    pump();
  }
}
