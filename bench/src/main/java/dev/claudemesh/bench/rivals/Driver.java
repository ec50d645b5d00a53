package dev.claudemesh.bench.rivals;

import dev.claudemesh.bench.load.Body;
import dev.claudemesh.bench.load.Tally;
import dev.claudemesh.bench.load.Workload;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/// Sends the work of a run through a rival's own client library: one thread that goes round the
/// senders, as far as schedule and window permit. Acks and arrivals come on the library's threads.
final class Driver {
  /// How a rival sends.
  interface Publisher {
    /// Hands over a message; the driver is told when the broker has it. Never waits for that.
    void publish(int sender, int target, int seq, byte[] body) throws Exception;
  }

  private static final long IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Tally tally;
  private final Body body;
  private final Workload work;
  private final AtomicIntegerArray underWay;
  private volatile Thread thread;

  Driver(Tally tally, Body body) {
    this.tally = tally;
    this.body = body;
    this.work = tally.work();
    this.underWay = new AtomicIntegerArray(work.senders());
  }

  void start(Publisher publisher) {
    thread = Thread.ofPlatform().name("bench-driver").daemon().unstarted(() -> drive(publisher));
    thread.start();
  }

  private void drive(Publisher publisher) {
    int[] next = new int[work.senders()];
    byte[][] blanks = new byte[work.senders()][];
    for (int sender = 0; sender < blanks.length; sender++) {
      blanks[sender] = body.blank(work.bodyBytes(), sender);
    }
    long start = System.nanoTime();
    tally.begin(start);
    try {
      for (int left = work.messages(); left > 0; ) {
        int sent = 0;
        for (int sender = 0; sender < next.length; sender++) {
          while (maySend(sender, next[sender], start)) {
            send(publisher, sender, next[sender]++, blanks[sender]);
            sent++;
          }
        }
        left -= sent;
        if (sent == 0) {
          LockSupport.parkNanos(this, pause(next, start));
        }
      }
    } catch (Exception e) {
      tally.fail("a message could not be sent: " + e);
    }
  }

  private boolean maySend(int sender, int seq, long start) {
    return seq < work.perSender()
        && underWay.get(sender) < work.window()
        && work.dueNanos(sender, seq) <= System.nanoTime() - start;
  }

  /// Until the next message is due; an ack ends the pause too.
  private long pause(int[] next, long start) {
    long pause = IDLE_NANOS;
    long now = System.nanoTime() - start;
    for (int sender = 0; sender < next.length && !work.atOnce(); sender++) {
      if (next[sender] < work.perSender()) {
        pause = Math.min(pause, Math.max(1, work.dueNanos(sender, next[sender]) - now));
      }
    }
    return pause;
  }

  private void send(Publisher publisher, int sender, int seq, byte[] blank) throws Exception {
    byte[] bytes = blank.clone();
    body.stamp(bytes, 0, seq, work.dueNanos(sender, seq));
    underWay.incrementAndGet(sender);
    tally.written(sender, seq, System.nanoTime());
    publisher.publish(sender, work.target(sender, seq), seq, bytes);
  }

  /// The broker has a message.
  void acked(int sender, int seq) {
    tally.acked(sender, seq, System.nanoTime());
    if (underWay.getAndDecrement(sender) == work.window()) {
      LockSupport.unpark(thread);
    }
  }

  /// The broker refused a message.
  void refused(String why) {
    tally.fail("a message was refused: " + why);
  }

  /// A message came; its own number serves as its id.
  void arrived(int receiver, byte[] bytes) {
    long now = System.nanoTime();
    body.read(bytes, 0, bytes.length)
        .ifPresent(stamp ->
            tally.arrived(receiver, (long) stamp.sender() << 32 | stamp.seq() + 1L, stamp, now));
  }
}
