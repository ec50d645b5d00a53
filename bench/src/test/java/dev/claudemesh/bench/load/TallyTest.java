package dev.claudemesh.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.load.Body.Stamp;
import dev.claudemesh.bench.load.Workload.Kind;
import org.junit.jupiter.api.Test;

/// Whoever checks the broker is checked here: every fault is planted once.
class TallyTest {
  private static final Workload WORK = new Workload(Kind.DIRECT, 3, 3, 4, 0, 100, 2);

  private final Tally tally = new Tally(WORK);
  private long now = 1_000_000;

  private static long id(int sender, int seq) {
    return 100L * sender + seq + 1;
  }

  private void sendAndAck(int sender, int seq) {
    tally.written(sender, seq, ++now);
    tally.acked(sender, seq, ++now);
  }

  private void arrive(int sender, int seq, long id) {
    arrive(WORK.target(sender, seq), sender, seq, id);
  }

  private void arrive(int receiver, int sender, int seq, long id) {
    tally.arrived(receiver, id, new Stamp(sender, seq, WORK.dueNanos(sender, seq)), ++now);
  }

  private void everything() {
    for (int sender = 0; sender < 3; sender++) {
      for (int seq = 0; seq < 4; seq++) {
        sendAndAck(sender, seq);
        arrive(sender, seq, id(sender, seq));
      }
    }
  }

  @Test
  void a_run_without_a_fault_is_complete_and_clean() {
    everything();

    assertThat(tally.complete()).isCompleted();
    assertThat(tally.counts().clean(WORK)).isTrue();
    assertThat(tally.counts().delivered()).isEqualTo(12);
  }

  @Test
  void a_message_that_is_shown_twice_under_two_ids_is_found() {
    everything();
    arrive(0, 1, 999);

    assertThat(tally.counts().duplicates()).isEqualTo(1);
    assertThat(tally.counts().clean(WORK)).isFalse();
  }

  @Test
  void a_redelivery_under_the_same_id_is_dropped_as_a_client_drops_it() {
    everything();
    arrive(0, 1, id(0, 1));

    assertThat(tally.counts().wireRepeats()).isEqualTo(1);
    assertThat(tally.counts().duplicates()).isZero();
    assertThat(tally.counts().clean(WORK)).isTrue();
  }

  @Test
  void a_message_that_overtakes_an_earlier_one_of_its_sender_is_found() {
    for (int seq = 0; seq < 4; seq++) {
      sendAndAck(0, seq);
    }
    // 0 and 2 go to the same peer.
    arrive(0, 2, id(0, 2));
    arrive(0, 0, id(0, 0));

    assertThat(tally.counts().outOfOrder()).isEqualTo(1);
  }

  @Test
  void messages_of_different_senders_have_no_order() {
    sendAndAck(0, 1);
    sendAndAck(1, 0);
    arrive(0, 1, id(0, 1));
    arrive(1, 0, id(1, 0));

    assertThat(tally.counts().outOfOrder()).isZero();
  }

  @Test
  void a_message_that_comes_to_somebody_else_is_a_stray_and_still_missing() {
    sendAndAck(0, 0);
    arrive(2, 0, 0, id(0, 0));

    assertThat(tally.counts().strays()).isEqualTo(1);
    assertThat(tally.counts().missing()).isEqualTo(12);
  }

  @Test
  void a_message_that_nobody_sent_is_a_stray() {
    arrive(1, 0, 77, 5);

    assertThat(tally.counts().strays()).isEqualTo(1);
  }

  @Test
  void a_lost_message_keeps_the_run_open() {
    for (int sender = 0; sender < 3; sender++) {
      for (int seq = 0; seq < 4; seq++) {
        sendAndAck(sender, seq);
        if (sender != 1 || seq != 2) {
          arrive(sender, seq, id(sender, seq));
        }
      }
    }

    assertThat(tally.complete()).isNotCompleted();
    assertThat(tally.counts().missing()).isEqualTo(1);
    assertThat(tally.counts().clean(WORK)).isFalse();
  }

  @Test
  void a_message_to_everybody_is_due_to_all_but_its_sender() {
    Workload broadcast = new Workload(Kind.BROADCAST, 4, 1, 1, 0, 100, 1);
    Tally many = new Tally(broadcast);
    many.written(0, 0, 1_000);
    many.acked(0, 0, 2_000_000);
    for (int peer = 1; peer < 4; peer++) {
      many.arrived(peer, 7, new Stamp(0, 0, 0), 2_000_000 + peer * 1_000_000L);
    }
    many.arrived(0, 7, new Stamp(0, 0, 0), 9_000_000);

    assertThat(many.complete()).isCompleted();
    assertThat(many.counts().strays()).isEqualTo(1);
    assertThat(many.spread().getMaxValue()).isBetween(2_990_000L, 3_010_000L);
  }

  @Test
  void a_message_that_is_sent_again_is_counted_and_timed_once() {
    tally.begin(0);
    tally.written(0, 0, 1_000_000);
    tally.written(0, 0, 5_000_000);
    tally.acked(0, 0, 6_000_000);

    assertThat(tally.counts().retries()).isEqualTo(1);
    assertThat(tally.latencies().ackOfWritten().getMaxValue()).isBetween(4_990_000L, 5_010_000L);
  }
}
