package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.messaging.TroubledQueue.Trouble;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What happens to messages while the database is away, says nothing, or refuses a row.
class LedgerTest {
  private static TestDatabase database;

  private TroubledQueue queue;
  private World world;
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
    world =
        new World(
            database.database(),
            32,
            store -> {
              queue = new TroubledQueue(store);
              return queue;
            },
            OneByOneWriter::new);
    Member annMember = world.member("ann");
    ann = world.session(annMember);
    bob = world.session(world.member("bob"));
  }

  private CompletableFuture<Receipt> send(String text) {
    return send(text, Ids.next());
  }

  private CompletableFuture<Receipt> send(String text, String clientId) {
    return world.send(ann, bob.address().hex(), Priority.NEXT, text, Optional.of(clientId));
  }

  private static ProblemCode problem(CompletableFuture<Receipt> receipt) {
    return receipt
                .handle((ok, failure) ->
                    failure instanceof CompletionException e ? e.getCause() : failure)
                .join()
            instanceof Problem problem
        ? problem.code()
        : null;
  }

  @Test
  void while_the_database_is_away_a_send_is_refused_as_busy_and_nothing_is_pushed() {
    queue.is(Trouble.AWAY);

    assertThat(problem(send("one"))).isEqualTo(ProblemCode.BUSY);
    assertThat(ProblemCode.BUSY.retryable()).isTrue();

    assertThat(World.shown(bob)).isEmpty();
  }

  @Test
  void when_the_database_is_back_everything_goes_on_without_a_restart() {
    send("before");
    queue.is(Trouble.AWAY);
    world.confirmAll(bob);
    problem(send("refused", "id"));
    queue.is(Trouble.NONE);

    assertThat(send("refused", "id").join().recipients()).isOne();

    assertThat(World.shown(bob)).containsExactly("before", "refused");
    assertThat(world.statuses())
        .containsEntry("before to bob", "delivered")
        .containsEntry("refused to bob", "queued");
  }

  @Test
  void a_commit_that_nobody_heard_of_is_not_shown_twice_when_the_client_sends_again() {
    queue.is(Trouble.SILENT);
    assertThat(problem(send("one", "id"))).isEqualTo(ProblemCode.BUSY);
    assertThat(World.shown(bob)).isEmpty();
    queue.is(Trouble.NONE);

    send("one", "id").join();
    send("two").join();

    assertThat(World.shown(bob)).containsExactly("one", "two");
  }

  @Test
  void rows_that_were_leased_by_a_commit_that_nobody_heard_of_are_handed_out_in_order() {
    world.status(bob, Status.WORKING);
    send("one");
    send("two");
    queue.is(Trouble.SILENT);
    world.status(bob, Status.IDLE);
    assertThat(World.shown(bob)).isEmpty();
    queue.is(Trouble.NONE);

    send("three").join();

    assertThat(World.shown(bob)).containsExactly("one", "two", "three");
  }

  @Test
  void mail_that_its_silent_holder_lost_while_the_database_was_away_goes_on_when_it_is_back() {
    Peer second = world.session(bob.member());
    bob.update(state -> state.withLastActive(world.clock.instant().plusSeconds(60)));
    world.send(ann, bob.member().key().hex(), Priority.NEXT, "one");
    assertThat(World.shown(bob)).containsExactly("one");
    queue.is(Trouble.AWAY);
    world.clock.advance(World.LEASE.multipliedBy(5));
    world.writer.tell(new Command.Sweep());
    assertThat(World.shown(second)).isEmpty();
    queue.is(Trouble.NONE);

    world.writer.tell(new Command.Sweep());

    assertThat(World.shown(second)).containsExactly("one");
  }

  @Test
  void what_was_sent_after_a_refused_message_does_not_overtake_it() {
    queue.is(Trouble.AWAY);
    problem(send("one", "first"));
    queue.is(Trouble.NONE);

    assertThat(problem(send("two", "second"))).isEqualTo(ProblemCode.BUSY);
    send("one", "first").join();
    send("two", "second").join();

    assertThat(World.shown(bob)).containsExactly("one", "two");
  }

  @Test
  void a_sender_that_gives_a_refused_message_up_may_go_on_after_a_while() {
    queue.is(Trouble.AWAY);
    problem(send("one"));
    queue.is(Trouble.NONE);
    world.clock.advance(Duration.ofSeconds(31));

    send("two").join();

    assertThat(World.shown(bob)).containsExactly("two");
  }

  @Test
  void one_bad_message_does_not_take_others_of_its_batch_with_it() {
    queue.refuses(letter -> letter.clientMessageId().equals(Optional.of("bad")));
    List<Command.Accept> batch =
        Stream.of("good", "bad", "better")
            .map(id -> world.accept(ann, bob.address().hex(), Priority.NEXT, id, Optional.of(id)))
            .toList();

    world.round(List.copyOf(batch));

    assertThat(batch.stream().map(accept -> problem(accept.receipt())))
        .containsExactly(null, ProblemCode.INTERNAL, null);
    world.round(List.of());
    assertThat(World.shown(bob)).containsExactly("good", "better");
  }

  @Test
  void who_is_served_from_the_table_gets_the_messages_of_the_same_round_too() {
    world.status(bob, Status.WORKING);
    send("waiting");
    bob.update(state -> state.withStatus(Status.IDLE, StatusSource.MANUAL, world.clock.instant()));
    queue.storesSlowly();

    world.round(List.of(new Command.Opened(bob), accept("fresh", Ids.next())));

    assertThat(World.shown(bob)).containsExactly("waiting", "fresh");
  }

  @Test
  void nobody_is_told_of_a_round_before_the_next_begins_or_it_is_asked_for() {
    Command.Accept accept = accept("one", Ids.next());

    world.attempt(List.of(accept));
    assertThat(world.statuses()).containsEntry("one to bob", "queued");
    assertThat(accept.receipt()).isNotDone();
    world.attempt(List.of());

    assertThat(accept.receipt()).isCompleted();
    assertThat(World.shown(bob)).containsExactly("one");
  }

  @Test
  void what_was_leased_when_the_broker_died_is_pushed_by_the_next_one() {
    send("one");
    World next = world.reborn();
    Peer back = next.connected(bob);

    assertThat(World.shown(back)).containsExactly("one");
  }

  @Test
  void a_repeated_message_in_one_batch_is_stored_once() {
    List<Command.Accept> batch =
        Stream.of("id", "id")
            .map(
                id -> world.accept(ann, bob.address().hex(), Priority.NEXT, "one", Optional.of(id)))
            .toList();

    world.round(List.copyOf(batch));

    assertThat(batch.get(1).receipt().join().messageId())
        .isEqualTo(batch.get(0).receipt().join().messageId());
    assertThat(World.shown(bob)).containsExactly("one");
  }

  @Test
  void a_repeated_message_in_a_large_batch_is_stored_once_and_the_others_in_order() {
    String first = send("m0", "id0").join().messageId();
    List<Command.Accept> batch =
        IntStream.rangeClosed(0, 2 * MessageCopy.WORTHWHILE)
            .mapToObj(i -> accept("m" + i / 2, "id" + i / 2))
            .toList();

    world.round(List.copyOf(batch));
    while (world.hasWork()) {
      world.round(List.of());
    }

    assertThat(batch.getFirst().receipt().join().messageId()).isEqualTo(first);
    assertThat(batch.get(3).receipt().join().messageId())
        .isEqualTo(batch.get(2).receipt().join().messageId());
    assertThat(World.shown(bob))
        .isEqualTo(
            IntStream.rangeClosed(0, MessageCopy.WORTHWHILE).mapToObj(i -> "m" + i).toList());
  }

  @Test
  void a_large_batch_comes_out_of_the_table_as_it_went_in() {
    world.status(bob, Status.WORKING);
    List<Command.Accept> batch =
        IntStream.range(0, MessageCopy.WORTHWHILE)
            .mapToObj(i -> accept("m" + i, "id" + i))
            .toList();
    world.round(List.copyOf(batch));
    assertThat(World.shown(bob)).isEmpty();

    world.status(bob, Status.IDLE);

    List<Push> pushes = World.socket(bob).pushes();
    assertThat(World.shown(bob))
        .isEqualTo(IntStream.range(0, MessageCopy.WORTHWHILE).mapToObj(i -> "m" + i).toList());
    for (int i = 0; i < batch.size(); i++) {
      assertThat(Wire.encode(pushes.get(i), Optional.empty()))
          .isEqualTo(batch.get(i).letter().frame(bob.address().hex()));
    }
  }

  private Command.Accept accept(String text, String clientId) {
    return world.accept(ann, bob.address().hex(), Priority.NEXT, text, Optional.of(clientId));
  }
}
