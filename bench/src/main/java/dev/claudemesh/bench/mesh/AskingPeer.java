package dev.claudemesh.bench.mesh;

import java.util.ArrayDeque;
import java.util.Deque;
import org.HdrHistogram.Histogram;

/// One peer that asks for shared values: says hello, then keeps so many questions under way, at
/// most at a rate. Everything happens on the one event loop.
final class AskingPeer extends PeerSocket {
  private static final byte[] TYPE = Frames.text("type");
  private static final byte[] RESULT = Frames.ascii("state_result\"");
  private static final byte[] STORED = Frames.ascii("state_stored\"");
  private static final byte[] HELLO_ACK = Frames.ascii("hello_ack\"");
  private static final byte[] ERROR = Frames.ascii("error\"");

  private final Askers askers;
  private final int number;
  private final byte[] hello;
  private final Deque<Long> askedAt = new ArrayDeque<>();
  private int window;
  private long everyNanos;
  private long nextAt;
  private int asked;
  private Histogram latencies;

  AskingPeer(Askers askers, Scratch scratch, int number, byte[] hello) {
    super(scratch, askers.host(), askers.path());
    this.askers = askers;
    this.number = number;
    this.hello = hello;
  }

  /// Begins to ask.
  ///
  /// @param under how many may be under way
  /// @param every at most one in so many nanoseconds; 0 as fast as they are answered
  void begin(int under, long every, Histogram into) {
    window = under;
    everyNanos = every;
    nextAt = System.nanoTime();
    latencies = into;
    pump();
    flush();
  }

  /// Asks no more.
  void end() {
    window = 0;
  }

  boolean quiet() {
    return askedAt.isEmpty();
  }

  void pump() {
    long now = System.nanoTime();
    while (askedAt.size() < window && now >= nextAt) {
      text(Askers.question(number * 31 + asked++));
      askedAt.add(everyNanos == 0 ? now : nextAt);
      nextAt = everyNanos == 0 ? now : nextAt + everyNanos;
    }
  }

  @Override
  void opened() {
    text(hello);
  }

  @Override
  void received(byte[] bytes, int from, int to) {
    int type = Frames.find(bytes, from, to, TYPE);
    if (Frames.matches(bytes, type, RESULT)) {
      latencies.recordValue(System.nanoTime() - askedAt.remove());
      pump();
    } else if (Frames.matches(bytes, type, HELLO_ACK)) {
      askers.ready();
    } else if (Frames.matches(bytes, type, STORED)) {
      askers.stored();
    } else if (Frames.matches(bytes, type, ERROR)) {
      askers.failed(Frames.string(bytes, from, to));
    }
  }

  @Override
  void lost(String why) {
    askers.failed(why);
  }

  @Override
  void settled() {}
}
