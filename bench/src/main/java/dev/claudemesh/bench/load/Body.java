package dev.claudemesh.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.SplittableRandom;

/// What a message carries: valid base64 of the asked length that no broker can read anything into,
/// beginning with the run, the sender, the number of the message and when it should have been sent.
public final class Body {
  /// Characters of the beginning.
  public static final int HEADER = 28;

  private static final int RUN_AT = 0;
  private static final int RUN = 8;
  private static final int SENDER_AT = RUN_AT + RUN;
  private static final int SENDER = 4;
  private static final int SEQ_AT = SENDER_AT + SENDER;
  private static final int SEQ = 5;
  private static final int TIME_AT = SEQ_AT + SEQ;
  private static final int TIME = 11;

  private static final byte[] DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] VALUES = values();

  private final long run;

  /// @param run told apart from other runs on the same broker
  public Body(long run) {
    this.run = run & ((1L << (6 * RUN)) - 1);
  }

  /// What an arrival says of itself.
  ///
  /// @param dueNanos when it should have been sent, from the start of the run
  public record Stamp(int sender, int seq, long dueNanos) {}

  /// A body of a sender without number and time. Its filling differs from sender to sender and does
  /// not compress.
  public byte[] blank(int bytes, int sender) {
    SplittableRandom random = new SplittableRandom(run ^ sender);
    byte[] body = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      body[i] = DIGITS[random.nextInt(DIGITS.length)];
    }
    write(body, RUN_AT, RUN, run);
    write(body, SENDER_AT, SENDER, sender);
    stamp(body, 0, 0, 0);
    return body;
  }

  /// Writes number and time into a blank body that begins at an offset.
  public void stamp(byte[] bytes, int offset, int seq, long dueNanos) {
    write(bytes, offset + SEQ_AT, SEQ, seq);
    write(bytes, offset + TIME_AT, TIME, dueNanos);
  }

  /// Reads the beginning of a body; empty if it is none of this run.
  public Optional<Stamp> read(byte[] bytes, int offset, int length) {
    if (length < HEADER || number(bytes, offset + RUN_AT, RUN) != run) {
      return Optional.empty();
    }
    return Optional.of(
        new Stamp(
            (int) number(bytes, offset + SENDER_AT, SENDER),
            (int) number(bytes, offset + SEQ_AT, SEQ),
            number(bytes, offset + TIME_AT, TIME)));
  }

  private static void write(byte[] bytes, int offset, int digits, long value) {
    long rest = value;
    for (int i = offset + digits - 1; i >= offset; i--) {
      bytes[i] = DIGITS[(int) (rest & 63)];
      rest >>>= 6;
    }
  }

  private static long number(byte[] bytes, int offset, int digits) {
    long value = 0;
    for (int i = offset; i < offset + digits; i++) {
      value = value << 6 | VALUES[bytes[i] & 127];
    }
    return value;
  }

  private static byte[] values() {
    byte[] values = new byte[128];
    for (int i = 0; i < DIGITS.length; i++) {
      values[DIGITS[i]] = (byte) i;
    }
    return values;
  }
}
