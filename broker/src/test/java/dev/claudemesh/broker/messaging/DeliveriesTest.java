package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.MessageEvent.StatusChanged;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The hand-out, command by command, on real tables and without sockets.
class DeliveriesTest {
  private static TestDatabase database;

  private World world;
  private Member annMember;
  private Member bobMember;
  private Peer ann;
  private Peer bob;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @BeforeEach
  void twoPeers() {
    world = World.plain(database.database());
    annMember = world.member("ann");
    bobMember = world.member("bob");
    ann = world.session(annMember);
    bob = world.session(bobMember);
  }

  private void send(String text) {
    world.send(ann, bob.address().hex(), Priority.NEXT, text);
  }

  /// Mail for the member, of whose sessions the first was active last.
  private void sendToBobsFirstSession(String text) {
    bob.update(state -> state.withLastActive(world.clock.instant().plusSeconds(60)));
    world.send(ann, bobMember.key().hex(), Priority.NEXT, text);
  }

  private String statusOf(String text) {
    return world.statuses().get(text + " to bob");
  }

  @Test
  void a_copy_is_leased_until_its_client_confirms_it() {
    send("one");
    assertThat(World.shown(bob)).containsExactly("one");
    assertThat(statusOf("one")).isEqualTo("queued");

    world.confirmAll(bob);

    assertThat(statusOf("one")).isEqualTo("delivered");
  }

  @Test
  void a_client_that_never_confirms_has_a_message_once_its_bytes_were_flushed() {
    Peer old = world.oldClient(world.member("old"));
    World.socket(old).stall(true);
    world.send(ann, old.address().hex(), Priority.NEXT, "one");
    assertThat(world.statuses()).containsEntry("one to old", "queued");

    World.socket(old).read();

    assertThat(world.statuses()).containsEntry("one to old", "delivered");
  }

  @Test
  void a_lease_that_ends_without_a_word_brings_the_message_again_by_itself() {
    send("one");
    world.clock.advance(World.LEASE.plusSeconds(1));

    world.writer.tell(new Command.Sweep());

    assertThat(World.shown(bob)).containsExactly("one", "one");
    assertThat(World.socket(bob).pushes().stream().map(push -> push.messageId()).distinct())
        .hasSize(1);
    world.confirmAll(bob);
    assertThat(statusOf("one")).isEqualTo("delivered");
  }

  @Test
  void a_lease_that_runs_is_left_alone() {
    send("one");
    world.clock.advance(World.LEASE.minusSeconds(5));

    world.writer.tell(new Command.Sweep());

    assertThat(World.shown(bob)).containsExactly("one");
  }

  @Test
  void what_was_pushed_to_a_lost_socket_comes_over_the_next_one_in_order() {
    IntStream.range(0, 5).forEach(i -> send("m" + i));
    world.lost(bob);
    send("m5");

    world.connected(bob);

    assertThat(World.shown(bob)).containsExactly("m0", "m1", "m2", "m3", "m4", "m5");
  }

  @Test
  void what_waited_comes_urgent_first_and_else_as_it_was_sent_to_the_session_or_its_member() {
    world.lost(bob);
    String member = bobMember.key().hex();
    world.send(ann, member, Priority.LOW, "low");
    send("one");
    world.send(ann, member, Priority.NEXT, "two");
    send("three");
    world.send(ann, member, Priority.NOW, "urgent one");
    world.send(ann, bob.address().hex(), Priority.NOW, "urgent two");

    world.connected(bob);

    assertThat(World.shown(bob))
        .containsExactly("urgent one", "urgent two", "one", "two", "three", "low");
  }

  @Test
  void what_was_confirmed_does_not_come_again() {
    send("m0");
    world.confirmAll(bob);
    send("m1");
    world.lost(bob);

    world.connected(bob);

    assertThat(World.shown(bob)).containsExactly("m1");
  }

  @Test
  void no_more_than_a_window_is_pushed_before_something_is_confirmed() {
    IntStream.range(0, 100).forEach(i -> send("m" + i));
    assertThat(World.shown(bob)).hasSize(32);

    world.confirmAll(bob);
    assertThat(World.shown(bob)).hasSize(64);
    world.confirmAll(bob);
    world.confirmAll(bob);

    assertThat(World.shown(bob)).isEqualTo(IntStream.range(0, 100).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void a_slow_peer_costs_rows_in_the_table_and_no_memory() {
    World.socket(bob).stall(false);
    IntStream.range(0, 10).forEach(i -> send("m" + i));
    assertThat(World.socket(bob).encoded()).isEmpty();

    World.socket(bob).read();
    world.writer.tell(new Command.Sweep());

    assertThat(World.shown(bob)).hasSize(10).startsWith("m0", "m1");
  }

  @Test
  void a_socket_that_lost_one_frame_is_closed_so_that_none_overtakes_it() {
    RecordingConnection first = World.socket(bob);
    first.drop();
    send("m0");
    assertThat(first.open()).isFalse();
    send("m1");

    world.connected(bob);

    assertThat(World.shown(bob)).containsExactly("m0", "m1");
  }

  @Test
  void a_message_to_a_member_goes_to_one_session_and_to_an_idle_one_first() {
    Peer second = world.session(bobMember);
    world.status(bob, Status.WORKING);
    world.send(ann, bobMember.key().hex(), Priority.NEXT, "for the idle one");
    assertThat(World.shown(second)).containsExactly("for the idle one");
    world.status(bob, Status.IDLE);
    bob.update(state -> state.withLastActive(world.clock.instant().plusSeconds(60)));

    world.send(ann, bobMember.key().hex(), Priority.NEXT, "for the last active one");

    assertThat(World.shown(bob)).containsExactly("for the last active one");
    assertThat(World.shown(second)).containsExactly("for the idle one");
  }

  @Test
  void a_message_to_a_member_waits_for_its_holder_to_come_back_and_goes_on_when_it_does_not() {
    Peer second = world.session(bobMember);
    sendToBobsFirstSession("one");
    assertThat(World.shown(bob)).containsExactly("one");
    world.lost(bob);
    world.clock.advance(World.LEASE.plusSeconds(1));
    world.writer.tell(new Command.Sweep());
    assertThat(World.shown(second)).isEmpty();

    world.peers.remove(bob);
    world.writer.tell(new Command.Gone(bob));

    assertThat(World.shown(second)).containsExactly("one");
  }

  @Test
  void a_message_to_a_session_is_for_no_other_session_of_its_member() {
    Peer second = world.session(bobMember);
    world.lost(bob);
    send("only for bob");
    world.peers.remove(bob);
    world.writer.tell(new Command.Gone(bob));
    world.clock.advance(World.LEASE.multipliedBy(2));
    world.writer.tell(new Command.Sweep());

    assertThat(World.shown(second)).isEmpty();
    assertThat(world.connected(bob))
        .satisfies(back -> assertThat(World.shown(back)).containsExactly("only for bob"));
  }

  @Test
  void a_reader_of_the_inbox_gets_what_no_session_holds() {
    world.status(bob, Status.DND);
    world.send(ann, bobMember.key().hex(), Priority.NEXT, "held at the gate");
    send("for the session");

    Peer reader = world.reader(bobMember);

    assertThat(World.shown(reader)).containsExactly("held at the gate");
    world.confirmAll(reader);
    world.status(bob, Status.IDLE);
    assertThat(World.shown(bob)).containsExactly("for the session");
  }

  @Test
  void a_reader_of_the_inbox_gets_nothing_while_a_session_takes_it() {
    Peer reader = world.reader(bobMember);

    world.send(ann, bobMember.key().hex(), Priority.NEXT, "one");

    assertThat(World.shown(reader)).isEmpty();
    assertThat(World.shown(bob)).containsExactly("one");
  }

  @Test
  void what_a_reader_did_not_confirm_is_there_for_the_next_one() {
    world.gone(bob);
    world.send(ann, bobMember.key().hex(), Priority.NEXT, "one");
    Peer reader = world.reader(bobMember);
    assertThat(World.shown(reader)).containsExactly("one");
    world.gone(reader);

    assertThat(World.shown(world.reader(bobMember))).containsExactly("one");
  }

  @Test
  void another_session_of_the_member_may_confirm_for_the_holder() {
    Peer second = world.session(bobMember);
    world.status(second, Status.WORKING);
    world.send(ann, bobMember.key().hex(), Priority.NEXT, "one");
    String id = World.socket(bob).pushes().getFirst().messageId();

    world.writer.tell(
        new Command.Confirm(second, List.of(id), DeliveryStatus.DELIVERED, Optional.empty()));

    assertThat(statusOf("one")).isEqualTo("delivered");
  }

  @Test
  void nobody_confirms_for_another_member() {
    send("one");
    String id = World.socket(bob).pushes().getFirst().messageId();

    world.writer.tell(
        new Command.Confirm(ann, List.of(id), DeliveryStatus.DELIVERED, Optional.empty()));

    assertThat(statusOf("one")).isEqualTo("queued");
  }

  @Test
  void a_broadcast_is_encoded_once() {
    Peer cat = world.session(world.member("cat"));

    world.send(ann, "*", Priority.NEXT, "all");

    assertThat(World.shown(bob)).containsExactly("all");
    assertThat(World.socket(bob).encoded().getFirst())
        .isSameAs(World.socket(cat).encoded().getFirst());
  }

  @Test
  void a_message_that_is_too_old_ends_and_its_sender_is_told() {
    world.lost(bob);
    send("old");
    world.clock.advance(Duration.ofDays(8));

    world.writer.tell(new Command.Expire(world.clock.instant()));

    assertThat(statusOf("old")).isEqualTo("expired");
    assertThat(World.socket(ann).frames())
        .anyMatch(frame ->
            frame instanceof StatusChanged changed && changed.status() == DeliveryStatus.EXPIRED)
        .anyMatch(frame -> frame.toString().contains(SenderNotes.EXPIRED));
    world.connected(bob);
    assertThat(World.shown(bob)).isEmpty();
  }

  @Test
  void what_is_seen_stays_seen_when_a_late_confirmation_comes() {
    send("one");
    String id = World.socket(bob).pushes().getFirst().messageId();
    world.writer.tell(new Command.Confirm(bob, List.of(id), DeliveryStatus.SEEN, Optional.empty()));

    world.writer.tell(
        new Command.Confirm(bob, List.of(id), DeliveryStatus.DELIVERED, Optional.empty()));

    assertThat(statusOf("one")).isEqualTo("seen");
  }

  @Test
  void finished_messages_are_removed_after_a_while_and_waiting_ones_are_kept() {
    send("finished");
    world.confirmAll(bob);
    world.lost(bob);
    send("waiting");

    while (world.store.purgeOld(
            world.clock.instant().plus(Duration.ofDays(8)),
            world.clock.instant().plus(Duration.ofDays(8)),
            100)
        == 100) {}

    assertThat(world.statuses()).containsOnlyKeys("waiting to bob");
  }

  @Test
  void mail_for_a_member_stays_with_its_holder_over_a_restart_of_the_broker() {
    Peer second = world.session(bobMember);
    sendToBobsFirstSession("one");
    assertThat(World.shown(bob)).containsExactly("one");

    World next = world.reborn();
    next.expected(bob);
    next.connected(second);
    assertThat(World.shown(second)).isEmpty();
    next.connected(bob);

    assertThat(World.shown(bob)).containsExactly("one");
    next.confirmAll(bob);
    assertThat(World.shown(second)).isEmpty();
  }

  @Test
  void mail_for_a_member_that_its_holder_has_no_time_for_yet_waits_for_it_whoever_looks() {
    Peer second = world.session(bobMember);
    sendToBobsFirstSession("one");
    assertThat(World.shown(bob)).containsExactly("one");

    World next = world.reborn();
    next.expected(bob);
    next.expected(second);
    next.status(bob, Status.WORKING);
    next.connected(bob);
    next.connected(second);
    assertThat(World.shown(second)).isEmpty();
    next.status(bob, Status.IDLE);

    assertThat(World.shown(bob)).containsExactly("one");
  }

  @Test
  void mail_for_a_member_waits_for_its_holder_who_came_back_without_time() {
    Peer second = world.session(bobMember);
    sendToBobsFirstSession("one");
    world.lost(bob);
    world.status(bob, Status.WORKING);
    world.connected(bob);
    world.send(ann, bobMember.key().hex(), Priority.NEXT, "two");
    assertThat(World.shown(second)).containsExactly("two");
    world.status(bob, Status.IDLE);

    assertThat(World.shown(bob)).containsExactly("one");
  }

  @Test
  void mail_for_a_member_goes_on_when_its_holder_does_not_return_after_a_restart_of_the_broker() {
    Peer second = world.session(bobMember);
    sendToBobsFirstSession("one");

    World next = world.reborn();
    next.expected(bob);
    next.connected(second);
    next.writer.tell(new Command.Gone(bob));

    assertThat(World.shown(second)).containsExactly("one");
  }

  @Test
  void mail_that_went_to_another_session_out_of_the_table_is_its_own_over_a_restart_too() {
    Peer second = world.session(bobMember);
    world.status(bob, Status.WORKING);
    world.status(second, Status.WORKING);
    world.send(ann, bobMember.key().hex(), Priority.NEXT, "one");
    world.status(second, Status.IDLE);
    assertThat(World.shown(second)).containsExactly("one");

    World next = world.reborn();
    next.expected(second);
    world.status(bob, Status.IDLE);
    next.connected(bob);

    assertThat(World.shown(bob)).isEmpty();
  }

  @Test
  void a_holder_that_is_here_and_silent_loses_mail_for_its_member_after_several_leases() {
    Peer second = world.session(bobMember);
    sendToBobsFirstSession("one");
    world.clock.advance(World.LEASE.plusSeconds(1));
    world.writer.tell(new Command.Sweep());
    assertThat(World.shown(second)).isEmpty();
    bob.update(state -> state.withLastActive(world.clock.instant().minusSeconds(600)));

    world.clock.advance(World.LEASE.multipliedBy(4));
    world.writer.tell(new Command.Sweep());

    assertThat(World.shown(second)).containsExactly("one");
  }

  @Test
  void a_clock_that_is_put_forward_ends_no_lease() {
    Peer second = world.session(bobMember);
    sendToBobsFirstSession("one");
    assertThat(World.shown(bob)).containsExactly("one");

    world.putClock(Duration.ofMinutes(10));
    world.writer.tell(new Command.Sweep());

    assertThat(World.shown(second)).isEmpty();
    assertThat(World.shown(bob)).containsExactly("one");
  }

  @Test
  void the_oldest_finished_messages_beyond_a_number_are_removed_with_their_copies() {
    IntStream.range(0, 5).forEach(i -> send("m" + i));
    world.confirmAll(bob);
    world.lost(bob);
    send("waiting");

    long before = world.stored();
    assertThat(world.store.purgeMany(before - 3, 100)).isEqualTo(3);

    assertThat(world.store.purgeMany(before - 3, 100)).isZero();
    assertThat(world.stored()).isEqualTo(before - 3);
    assertThat(world.orphans()).isZero();
    assertThat(world.statuses()).containsKey("waiting to bob");
  }
}
