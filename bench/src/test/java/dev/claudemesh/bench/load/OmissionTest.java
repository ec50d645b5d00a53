package dev.claudemesh.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.load.Body.Stamp;
import dev.claudemesh.bench.load.Workload.Kind;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/// A broker that stalls makes whoever waits for it send less, and would hide its stall in few slow
/// messages. Latencies from when a message was due do not forgive that.
class OmissionTest {
  private static final long MILLI = 1_000_000;
  private static final int PER_SECOND = 100;
  private static final int SECONDS = 10;
  private static final long STALL_FROM = 5_000 * MILLI;
  private static final long STALL_TO = 6_000 * MILLI;

  /// One sender that sends 100 a second, but waits for each ack. The broker takes 1 ms, and one
  /// second in between nothing at all.
  private static Tally stalled() {
    Workload work = new Workload(Kind.DIRECT, 2, 1, PER_SECOND * SECONDS, PER_SECOND, 100, 1);
    Tally tally = new Tally(work);
    tally.begin(0);
    long free = 0;
    for (int seq = 0; seq < work.perSender(); seq++) {
      long due = work.dueNanos(0, seq);
      long written = Math.max(due, free);
      long done = written + MILLI;
      if (written >= STALL_FROM && written < STALL_TO) {
        done = STALL_TO + MILLI;
      }
      tally.written(0, seq, written);
      tally.acked(0, seq, done);
      tally.arrived(1, seq + 1, new Stamp(0, seq, due), done);
      free = done;
    }
    return tally;
  }

  @Test
  void a_stall_of_a_second_is_charged_to_every_message_that_was_due_in_it() {
    Histogram due = stalled().latencies().arrival();

    // A tenth of the messages were due in the stall, evenly: the slowest hundredth waited 0.9 s.
    assertThat(due.getValueAtPercentile(99) / MILLI).isBetween(880L, 920L);
    assertThat(due.getValueAtPercentile(50) / MILLI).isEqualTo(1);
    assertThat(due.getMaxValue() / MILLI).isBetween(999L, 1_005L);
  }

  @Test
  void counted_from_the_write_the_same_stall_is_one_slow_message() {
    Histogram written = stalled().latencies().arrivalOfWritten();

    assertThat(written.getValueAtPercentile(99) / MILLI).isEqualTo(1);
    assertThat(written.getMaxValue() / MILLI).isBetween(999L, 1_005L);
  }

  @Test
  void the_schedule_spreads_the_rate_evenly_over_the_senders() {
    Workload work = new Workload(Kind.DIRECT, 4, 4, 10, 200, 100, 1);

    assertThat(work.dueNanos(0, 0)).isZero();
    assertThat(work.dueNanos(1, 0)).isEqualTo(5 * MILLI);
    assertThat(work.dueNanos(3, 2)).isEqualTo(55 * MILLI);
  }

  @Test
  void all_at_once_is_due_at_the_start() {
    Workload work = new Workload(Kind.DIRECT, 4, 4, 10, 0, 100, 1);

    assertThat(work.dueNanos(3, 9)).isZero();
  }

  @Test
  void each_sender_goes_round_all_others_and_never_writes_to_itself() {
    Workload work = new Workload(Kind.DIRECT, 4, 4, 9, 0, 100, 1);

    for (int sender = 0; sender < 4; sender++) {
      int[] got = new int[4];
      for (int seq = 0; seq < 9; seq++) {
        got[work.target(sender, seq)]++;
      }
      assertThat(got[sender]).isZero();
      assertThat(got).containsOnly(0, 3);
    }
  }
}
