package dev.claudemesh.bench.load;

import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;

/// Counts and checks everything that is sent, acked and delivered: each message shown exactly once
/// to whom it was due, and per sender in order.
///
/// *Shown* is what a client would show: an arrival whose message id it has seen is dropped and
/// counted as a repeat on the wire. Latencies count from when a message was due, and a second time
/// from when it was written. Thread-safe.
public final class Tally {
  private static final long LONGEST_NANOS = 600_000_000_000L;

  private final Workload work;
  private final CompletableFuture<Void> complete = new CompletableFuture<>();

  private final Histogram ack = histogram();
  private final Histogram ackOfWritten = histogram();
  private final Histogram arrival = histogram();
  private final Histogram arrivalOfWritten = histogram();
  private final Histogram lag = histogram();

  private final long[] writtenAt;
  private final long[] ackedAt;
  private final long[] lastShownAt;
  private final BitSet[] shown;
  private final IdSet[] ids;
  private final int[][] lastSeq;

  private long start;
  private long firstWrite = Long.MAX_VALUE;
  private long lastAck;
  private long lastArrival;
  private int acked;
  private int delivered;
  private int duplicates;
  private int wireRepeats;
  private int outOfOrder;
  private int strays;
  private int retries;
  private int errors;
  private String firstError = "";

  public Tally(Workload work) {
    this.work = work;
    this.writtenAt = new long[work.messages()];
    this.ackedAt = new long[work.messages()];
    this.lastShownAt = new long[work.messages()];
    this.shown = new BitSet[work.peers()];
    this.ids = new IdSet[work.peers()];
    this.lastSeq = new int[work.peers()][work.senders()];
    for (int peer = 0; peer < work.peers(); peer++) {
      shown[peer] = new BitSet();
      ids[peer] = new IdSet();
      Arrays.fill(lastSeq[peer], -1);
    }
  }

  private static Histogram histogram() {
    return new Histogram(1_000, LONGEST_NANOS, 3);
  }

  public Workload work() {
    return work;
  }

  /// The schedule begins.
  public synchronized void begin(long now) {
    start = now;
  }

  /// Completes when every message was acked and shown to everybody it was due to. Fails if the run
  /// cannot go on.
  public CompletableFuture<Void> complete() {
    return complete;
  }

  /// A message was handed to the socket, for the first time or again after a refusal that may pass.
  public synchronized void written(int sender, int seq, long now) {
    int message = sender * work.perSender() + seq;
    if (writtenAt[message] != 0) {
      retries++;
      return;
    }
    writtenAt[message] = now;
    firstWrite = Math.min(firstWrite, now);
    record(lag, now - start - work.dueNanos(sender, seq));
  }

  /// The broker says that it has a message.
  public synchronized void acked(int sender, int seq, long now) {
    int message = sender * work.perSender() + seq;
    if (ackedAt[message] != 0) {
      return;
    }
    ackedAt[message] = now;
    lastAck = now;
    acked++;
    record(ack, now - start - work.dueNanos(sender, seq));
    record(ackOfWritten, now - writtenAt[message]);
    checkComplete();
  }

  /// A message came to a peer.
  ///
  /// @param id hash of the broker's id of the message, the same on each redelivery
  public synchronized void arrived(int receiver, long id, Body.Stamp stamp, long now) {
    if (!isDue(receiver, stamp)) {
      strays++;
      return;
    }
    if (!ids[receiver].add(id)) {
      wireRepeats++;
      return;
    }
    int message = stamp.sender() * work.perSender() + stamp.seq();
    if (shown[receiver].get(message)) {
      duplicates++;
      return;
    }
    shown[receiver].set(message);
    if (stamp.seq() < lastSeq[receiver][stamp.sender()]) {
      outOfOrder++;
    }
    lastSeq[receiver][stamp.sender()] = stamp.seq();
    delivered++;
    lastArrival = now;
    lastShownAt[message] = now;
    record(arrival, now - start - stamp.dueNanos());
    record(arrivalOfWritten, now - writtenAt[message]);
    checkComplete();
  }

  private boolean isDue(int receiver, Body.Stamp stamp) {
    boolean exists =
        stamp.sender() < work.senders()
            && stamp.seq() < work.perSender()
            && stamp.dueNanos() == work.dueNanos(stamp.sender(), stamp.seq());
    return exists
        && (work.kind() == Workload.Kind.DIRECT
            ? work.target(stamp.sender(), stamp.seq()) == receiver
            : stamp.sender() != receiver);
  }

  /// Something was refused or broke; the first one is told.
  public synchronized void error(String what) {
    if (errors++ == 0) {
      firstError = what;
    }
  }

  /// The run cannot go on.
  public void fail(String why) {
    error(why);
    complete.completeExceptionally(new IllegalStateException(why));
  }

  private void checkComplete() {
    if (acked == work.messages() && delivered == work.copies()) {
      complete.complete(null);
    }
  }

  private static void record(Histogram histogram, long nanos) {
    histogram.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
  }

  /// How far the run is, in one line.
  public synchronized String progress() {
    return acked
        + " of "
        + work.messages()
        + " acked, "
        + delivered
        + " of "
        + work.copies()
        + " delivered";
  }

  /// What was counted up to now.
  public synchronized Counts counts() {
    return new Counts(
        acked,
        delivered,
        work.copies() - delivered,
        duplicates,
        wireRepeats,
        outOfOrder,
        strays,
        retries,
        errors,
        firstError);
  }

  /// The latencies up to now.
  public synchronized Latencies latencies() {
    return new Latencies(
        ack.copy(), arrival.copy(), ackOfWritten.copy(), arrivalOfWritten.copy(), lag.copy());
  }

  /// Seconds from the first write to the last ack and the last arrival, whichever was later.
  public synchronized double seconds() {
    return acked == 0 && delivered == 0 ? 0 : (Math.max(lastArrival, lastAck) - firstWrite) / 1e9;
  }

  /// For messages to many: from the ack to the last receiver; 0 where the last one had it before.
  public synchronized Histogram spread() {
    Histogram spread = histogram();
    for (int message = 0; message < work.messages(); message++) {
      if (ackedAt[message] != 0 && lastShownAt[message] != 0) {
        record(spread, lastShownAt[message] - ackedAt[message]);
      }
    }
    return spread;
  }

  /// @param missing copies that were due and did not come
  /// @param duplicates shown a second time
  /// @param wireRepeats came again under the same id, which a client drops
  /// @param strays came to somebody they were not due to, or were never sent
  /// @param retries sent again after a refusal that may pass
  public record Counts(
      int acked,
      int delivered,
      int missing,
      int duplicates,
      int wireRepeats,
      int outOfOrder,
      int strays,
      int retries,
      int errors,
      String firstError) {
    /// Whether everything came once, in order, to whom it was due.
    public boolean clean(Workload work) {
      return acked == work.messages()
          && missing == 0
          && duplicates == 0
          && outOfOrder == 0
          && strays == 0;
    }
  }

  /// From when a message was due, and from when it was written.
  ///
  /// @param lag from when it was due to when it was written: the generator's own, and the window's
  public record Latencies(
      Histogram ack,
      Histogram arrival,
      Histogram ackOfWritten,
      Histogram arrivalOfWritten,
      Histogram lag) {}
}
