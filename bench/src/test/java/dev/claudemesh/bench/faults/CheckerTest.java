package dev.claudemesh.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.bench.faults.Checker.Checked;
import dev.claudemesh.bench.faults.Finding.Kind;
import dev.claudemesh.protocol.messaging.Priority;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckerTest {
  private static final String ANA_1 = "a1".repeat(32);
  private static final String ANA_2 = "a2".repeat(32);
  private static final String ANA = "aa".repeat(32);
  private static final String BOB_1 = "b1".repeat(32);
  private static final String BOB = "bb".repeat(32);
  private static final String CEM_1 = "c1".repeat(32);
  private static final String CEM = "cc".repeat(32);

  private static final Cast CAST =
      new Cast(
          "mesh",
          List.of(
              new Cast.Peer("ana-1", "ana", ANA_1, ANA, 0, List.of("red")),
              new Cast.Peer("ana-2", "ana", ANA_2, ANA, 1, List.of("red/deep")),
              new Cast.Peer("bob-1", "bob", BOB_1, BOB, 0, List.of("blue")),
              new Cast.Peer("cem-1", "cem", CEM_1, CEM, 1, List.of())));

  private final Map<String, List<Entry>> ledgers = new LinkedHashMap<>();
  private boolean sentOut = true;
  private Evidence.Due due = new Evidence.Due.Everybody();
  private long time;

  CheckerTest() {
    CAST.peers().forEach(peer -> ledgers.put(peer.name(), new ArrayList<>()));
  }

  @Test
  void a_run_in_which_everything_arrived_once_and_in_order_has_no_findings() {
    acked("bob-1", 1, ANA_1, 1);
    acked("bob-1", 2, ANA, 1);
    acked("bob-1", 3, "@red", 2);
    acked("bob-1", 4, "*", 3);
    shown("ana-1", "bob-1", 1, ANA_1);
    shown("ana-2", "bob-1", 2, ANA);
    for (String peer : List.of("ana-1", "ana-2")) {
      shown(peer, "bob-1", 3, "@red");
    }
    for (String peer : List.of("ana-1", "ana-2", "cem-1")) {
      shown(peer, "bob-1", 4, "*");
    }
    Checked checked = check();
    assertThat(checked.findings()).isEmpty();
    assertThat(checked.tally().sent()).isEqualTo(4);
    assertThat(checked.tally().acked()).isEqualTo(4);
    assertThat(checked.tally().shown()).isEqualTo(7);
  }

  @Test
  void an_acknowledged_message_that_nobody_was_shown_is_lost() {
    acked("bob-1", 1, ANA_1, 1);
    assertThat(kinds()).containsExactly(Kind.LOST);
  }

  @Test
  void an_acknowledged_message_that_one_of_many_was_not_shown_is_lost() {
    acked("bob-1", 1, "*", 3);
    shown("ana-1", "bob-1", 1, "*");
    shown("cem-1", "bob-1", 1, "*");
    assertThat(findings())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.kind()).isEqualTo(Kind.LOST);
          assertThat(finding.what()).contains("ana-2");
        });
  }

  @Test
  void what_a_client_kept_is_lost_too_once_its_outbox_is_empty() {
    kept("bob-1", 1, ANA_1);
    assertThat(kinds()).containsExactly(Kind.LOST);
    sentOut = false;
    assertThat(kinds()).isEmpty();
  }

  @Test
  void what_was_refused_or_never_kept_may_be_nowhere() {
    sent("bob-1", 1, ANA_1);
    kept("bob-1", 2, ANA_1);
    write("bob-1", new Entry.Refused(time++, 2, "limit"));
    assertThat(kinds()).isEmpty();
    assertThat(check().tally().refused()).containsEntry("limit", 1);
  }

  @Test
  void what_was_not_acknowledged_may_be_there_once() {
    sent("bob-1", 1, ANA_1);
    shown("ana-1", "bob-1", 1, ANA_1);
    assertThat(kinds()).isEmpty();
  }

  @Test
  void what_was_not_acknowledged_must_not_be_shown_twice() {
    sent("bob-1", 1, ANA_1);
    shown("ana-1", "bob-1", 1, ANA_1);
    shown("ana-1", "bob-1", 1, ANA_1);
    assertThat(kinds()).containsExactly(Kind.TWICE);
  }

  @Test
  void what_was_not_acknowledged_must_not_be_with_some_of_its_recipients_only() {
    sent("bob-1", 1, "@red");
    shown("ana-1", "bob-1", 1, "@red");
    assertThat(kinds()).containsExactly(Kind.IN_PART);
  }

  @Test
  void a_message_shown_twice_is_found_also_when_it_came_under_another_id() {
    acked("bob-1", 1, ANA_1, 1);
    shown("ana-1", "bob-1", 1, ANA_1);
    write(
        "ana-1",
        new Entry.Shown(time++, "bob-1", 1, "other", ANA_1, Priority.NEXT, true),
        new Entry.Marked(time++, "other"));
    assertThat(kinds()).containsExactly(Kind.TWO_IDS, Kind.TWICE);
  }

  @Test
  void a_restart_does_not_excuse_a_second_showing_of_what_was_marked() {
    acked("bob-1", 1, ANA_1, 1);
    shown("ana-1", "bob-1", 1, ANA_1);
    start("ana-1");
    shown("ana-1", "bob-1", 1, ANA_1);
    assertThat(kinds()).containsExactly(Kind.TWICE);
  }

  @Test
  void a_kill_between_showing_and_marking_excuses_one_more_showing_of_that_line_only() {
    acked("bob-1", 1, ANA_1, 1);
    acked("bob-1", 2, ANA_1, 1);
    shownWithoutMark("ana-1", "bob-1", 1, ANA_1);
    shownWithoutMark("ana-1", "bob-1", 2, ANA_1);
    start("ana-1");
    shown("ana-1", "bob-1", 2, ANA_1);
    Checked checked = check();
    assertThat(checked.findings()).isEmpty();
    assertThat(checked.tally().shownAgain()).isEqualTo(1);
    shown("ana-1", "bob-1", 2, ANA_1);
    assertThat(kinds()).containsExactly(Kind.TWICE);
  }

  @Test
  void a_kill_does_not_excuse_a_line_before_the_last() {
    acked("bob-1", 1, ANA_1, 1);
    acked("bob-1", 2, ANA_1, 1);
    shownWithoutMark("ana-1", "bob-1", 1, ANA_1);
    shownWithoutMark("ana-1", "bob-1", 2, ANA_1);
    start("ana-1");
    shown("ana-1", "bob-1", 1, ANA_1);
    assertThat(kinds()).contains(Kind.TWICE);
  }

  @Test
  void a_second_kill_in_the_same_place_excuses_a_third_showing() {
    acked("bob-1", 1, ANA_1, 1);
    shownWithoutMark("ana-1", "bob-1", 1, ANA_1);
    start("ana-1");
    start("ana-1");
    shownWithoutMark("ana-1", "bob-1", 1, ANA_1);
    start("ana-1");
    shown("ana-1", "bob-1", 1, ANA_1);
    assertThat(check().findings()).isEmpty();
    assertThat(check().tally().shownAgain()).isEqualTo(2);
  }

  @Test
  void a_message_for_any_session_of_a_member_must_not_be_shown_by_two() {
    acked("bob-1", 1, ANA, 1);
    shown("ana-1", "bob-1", 1, ANA);
    shown("ana-2", "bob-1", 1, ANA);
    assertThat(kinds()).containsExactly(Kind.TWO_SESSIONS);
  }

  @Test
  void messages_of_one_sender_and_priority_must_not_overtake_each_other() {
    acked("bob-1", 1, ANA_1, 1);
    acked("bob-1", 2, "*", 3);
    shown("ana-2", "bob-1", 2, "*");
    shown("cem-1", "bob-1", 2, "*");
    shown("ana-1", "bob-1", 2, "*");
    shown("ana-1", "bob-1", 1, ANA_1);
    assertThat(findings())
        .singleElement()
        .satisfies(finding -> {
          assertThat(finding.kind()).isEqualTo(Kind.OUT_OF_ORDER);
          assertThat(finding.message().orElseThrow().number()).isEqualTo(1);
        });
  }

  @Test
  void other_priorities_other_senders_and_mail_to_the_member_may_overtake() {
    acked("bob-1", 1, ANA_1, 1);
    acked("bob-1", 2, ANA, 1);
    write("bob-1", new Entry.Sent(time++, 3, ANA_1, Priority.NOW, 10));
    acked("cem-1", 1, ANA_1, 1);
    write("ana-1", new Entry.Shown(time++, "bob-1", 3, "now", ANA_1, Priority.NOW, true));
    shown("ana-1", "bob-1", 2, ANA);
    shown("ana-1", "bob-1", 1, ANA_1);
    shown("ana-1", "cem-1", 1, ANA_1);
    assertThat(kinds()).isEmpty();
  }

  @Test
  void a_message_that_nobody_sent_is_a_phantom() {
    shown("ana-1", "bob-1", 7, ANA_1);
    assertThat(kinds()).containsExactly(Kind.PHANTOM);
  }

  @Test
  void a_message_shown_to_somebody_else_too_is_a_stray() {
    acked("bob-1", 1, ANA_1, 1);
    shown("ana-1", "bob-1", 1, ANA_1);
    shown("cem-1", "bob-1", 1, ANA_1);
    assertThat(kinds()).containsExactly(Kind.STRAY);
  }

  @Test
  void a_sender_must_not_be_shown_its_own_message_to_everyone() {
    acked("bob-1", 1, "*", 3);
    for (String peer : List.of("ana-1", "ana-2", "cem-1", "bob-1")) {
      shown(peer, "bob-1", 1, "*");
    }
    assertThat(kinds()).containsExactly(Kind.STRAY);
  }

  @Test
  void another_text_than_was_sent_is_found() {
    acked("bob-1", 1, ANA_1, 1);
    write(
        "ana-1", new Entry.Shown(time++, "bob-1", 1, id("bob-1", 1), ANA_1, Priority.NEXT, false));
    assertThat(kinds()).containsExactly(Kind.ALTERED);
  }

  @Test
  void an_ack_that_counts_other_recipients_is_found() {
    acked("bob-1", 1, "@red", 1);
    shown("ana-1", "bob-1", 1, "@red");
    shown("ana-2", "bob-1", 1, "@red");
    assertThat(kinds()).containsExactly(Kind.MISCOUNTED);
  }

  @Test
  void a_client_that_gives_up_is_found_unless_its_clock_was_wrong() {
    write("ana-1", new Entry.Ended(time++, "timestamp_skew"));
    assertThat(kinds()).isEmpty();
    write("ana-1", new Entry.Ended(time++, "unauthorized"));
    assertThat(kinds()).containsExactly(Kind.GAVE_UP);
  }

  @Test
  void a_message_that_a_client_dropped_on_its_own_is_lost() {
    write("ana-1", new Entry.Dropped(time++, "some-id", "internal"));
    assertThat(kinds()).containsExactly(Kind.LOST);
  }

  @Test
  void where_sessions_leave_a_message_to_many_is_due_to_those_whom_the_broker_recorded() {
    due = new Evidence.Due.AsRecorded(Map.of(id("bob-1", 1), List.of(ANA_1, CEM)));
    acked("bob-1", 1, "*", 2);
    shown("ana-1", "bob-1", 1, "*");
    assertThat(kinds()).containsExactly(Kind.LOST);
    shown("cem-1", "bob-1", 1, "*");
    assertThat(kinds()).isEmpty();
    shown("ana-2", "bob-1", 1, "*");
    assertThat(kinds()).containsExactly(Kind.STRAY);
  }

  @Test
  void where_sessions_leave_mail_for_a_member_may_come_late_and_mail_for_a_session_may_not() {
    due =
        new Evidence.Due.AsRecorded(
            Map.of(
                id("bob-1", 1), List.of(ANA),
                id("bob-1", 2), List.of(ANA),
                id("bob-1", 3), List.of(ANA_1),
                id("bob-1", 4), List.of(ANA_1)));
    for (int number = 1; number <= 4; number++) {
      acked("bob-1", number, number <= 2 ? ANA : ANA_1, 1);
    }
    shown("ana-1", "bob-1", 2, ANA);
    shown("ana-1", "bob-1", 1, ANA);
    shown("ana-1", "bob-1", 3, ANA_1);
    shown("ana-1", "bob-1", 4, ANA_1);
    assertThat(kinds()).isEmpty();
    ledgers.get("ana-1").clear();
    shown("ana-1", "bob-1", 1, ANA);
    shown("ana-1", "bob-1", 2, ANA);
    shown("ana-1", "bob-1", 4, ANA_1);
    shown("ana-1", "bob-1", 3, ANA_1);
    assertThat(kinds()).containsExactly(Kind.OUT_OF_ORDER);
  }

  @Test
  void where_sessions_leave_an_acknowledged_message_without_record_is_lost() {
    due = new Evidence.Due.AsRecorded(Map.of());
    acked("bob-1", 1, "*", 2);
    assertThat(kinds()).containsExactly(Kind.LOST);
  }

  private void sent(String sender, int number, String target) {
    write(sender, new Entry.Sent(time++, number, target, Priority.NEXT, 10));
  }

  private void kept(String sender, int number, String target) {
    sent(sender, number, target);
    write(sender, new Entry.Kept(time++, number));
  }

  private void acked(String sender, int number, String target, int recipients) {
    kept(sender, number, target);
    write(sender, new Entry.Acked(time++, number, id(sender, number), recipients));
  }

  private void shownWithoutMark(String peer, String sender, int number, String target) {
    write(
        peer,
        new Entry.Shown(time++, sender, number, id(sender, number), target, Priority.NEXT, true));
  }

  private void shown(String peer, String sender, int number, String target) {
    shownWithoutMark(peer, sender, number, target);
    write(peer, new Entry.Marked(time++, id(sender, number)));
  }

  private void start(String peer) {
    write(peer, new Entry.Start(time++, 1));
  }

  private void write(String peer, Entry... entries) {
    ledgers.get(peer).addAll(List.of(entries));
  }

  private static String id(String sender, int number) {
    return "id-" + sender + "-" + number;
  }

  private Checked check() {
    return Checker.check(new Evidence(CAST, ledgers, due, sentOut));
  }

  private List<Finding> findings() {
    return check().findings();
  }

  private List<Kind> kinds() {
    return findings().stream().map(Finding::kind).toList();
  }
}
