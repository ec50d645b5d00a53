package dev.claudemesh.bench.load;

/// What the peers of a run send, to whom, and when.
///
/// @param senders the first so many peers send; all receive
/// @param perSender messages of each sender
/// @param rate messages a second of all senders together, on a fixed schedule; 0 sends all at once
/// @param bodyBytes characters of base64 that each message carries
/// @param window sends of one sender that wait for their ack
public record Workload(
    Kind kind, int peers, int senders, int perSender, double rate, int bodyBytes, int window) {
  private static final double NANOS = 1e9;

  /// Whom a message is for.
  public enum Kind {
    DIRECT,
    GROUP,
    BROADCAST
  }

  public Workload {
    if (peers < 2 || senders < 1 || senders > peers || perSender < 1 || window < 1 || rate < 0) {
      throw new IllegalArgumentException(
          "A run needs 2 peers, 1 sender, 1 message and a window of 1, or more");
    }
    if (bodyBytes < Body.HEADER || bodyBytes % 4 != 0) {
      throw new IllegalArgumentException(
          "A body is a multiple of 4 and at least " + Body.HEADER + " characters");
    }
  }

  /// So many of the same messages of each sender, all at once, for a warm-up.
  public Workload atOnce(int messages) {
    return new Workload(kind, peers, senders, messages, 0, bodyBytes, window);
  }

  public int messages() {
    return Math.multiplyExact(senders, perSender);
  }

  /// Messages that arrive if none is lost: one for a direct message, else one a peer but its
  /// sender.
  public int copies() {
    return kind == Kind.DIRECT ? messages() : Math.multiplyExact(messages(), peers - 1);
  }

  public boolean atOnce() {
    return rate == 0;
  }

  /// Who gets a direct message: each sender goes round all the others.
  public int target(int sender, int seq) {
    return (sender + 1 + seq % (peers - 1)) % peers;
  }

  /// When a message should be sent, in nanoseconds from the start. Latencies count from here, so a
  /// broker that stalls is charged for what it kept waiting.
  public long dueNanos(int sender, int seq) {
    return atOnce() ? 0 : (long) (((long) seq * senders + sender) * NANOS / rate);
  }
}
