package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The writer's thread, its queue, and its end.
class GroupCommitWriterTest {
  private static final int CAPACITY = 20;
  private static TestDatabase database;

  private final CommandQueue queue = new CommandQueue(CAPACITY, Duration.ofMillis(50));
  private final ConcurrentLinkedQueue<Integer> batches = new ConcurrentLinkedQueue<>();
  private final CountDownLatch gate = new CountDownLatch(1);
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
            1_000,
            Gated::new,
            ledger -> new GroupCommitWriter(queue, ledger, 256, Duration.ofSeconds(10)));
    ann = world.session(world.member("ann"));
    bob = world.session(world.member("bob"));
  }

  @AfterEach
  void stop() {
    gate.countDown();
    world.writer.stop();
  }

  /// The real tables behind the gate.
  private final class Gated implements Ledger.Queue {
    private final MessageStore store;

    Gated(MessageStore store) {
      this.store = store;
    }

    @Override
    public void store(Round round) {
      await(gate);
      batches.add(round.postings().size());
      store.store(round);
    }

    @Override
    public void update(Round round) {
      await(gate);
      store.update(round);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private CompletableFuture<Receipt> send(String text) {
    return world.send(ann, bob.address().hex(), Priority.NEXT, text);
  }

  @Test
  void what_waits_while_a_commit_runs_is_written_together_and_handed_out_in_order() {
    List<String> texts = IntStream.range(0, CAPACITY).mapToObj(i -> "m" + i).toList();
    List<CompletableFuture<Receipt>> receipts =
        new ArrayList<>(texts.stream().map(this::send).toList());

    world.writer.start();
    gate.countDown();
    receipts.forEach(CompletableFuture::join);
    world.writer.stop();

    assertThat(batches.size()).isLessThan(CAPACITY);
    assertThat(World.shown(bob)).isEqualTo(texts);
  }

  @Test
  void an_ack_comes_after_the_commit_and_not_before() {
    world.writer.start();
    CompletableFuture<Receipt> receipt = send("one");
    assertThat(receipt).isNotDone();
    assertThat(world.statuses()).isEmpty();

    gate.countDown();

    receipt.join();
    assertThat(world.statuses()).containsEntry("one to bob", "queued");
  }

  @Test
  void a_full_queue_refuses_with_busy_and_takes_again_when_there_is_room() {
    IntStream.range(0, CAPACITY).forEach(i -> send("m" + i));

    assertThatThrownBy(() -> send("one too many"))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.BUSY));

    world.writer.start();
    gate.countDown();
    assertThat(queue).satisfies(q -> assertThat(roomComes()).isTrue());
  }

  private boolean roomComes() {
    for (int i = 0; i < 100; i++) {
      try {
        send("there is room").join();
        return true;
      } catch (Problem busy) {
        Thread.onSpinWait();
      }
    }
    return false;
  }

  @Test
  void big_bodies_fill_the_queue_earlier() {
    String body = "x".repeat(60_000);

    assertThatThrownBy(() -> IntStream.range(0, CAPACITY).forEach(i -> send(body)))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.BUSY));
  }

  @Test
  void a_stop_writes_what_was_given_and_takes_nothing_more() {
    List<CompletableFuture<Receipt>> receipts =
        IntStream.range(0, 10).mapToObj(i -> send("m" + i)).toList();
    world.writer.start();
    gate.countDown();

    world.writer.stop();

    assertThat(receipts).allSatisfy(receipt -> assertThat(receipt).isCompleted());
    assertThatThrownBy(() -> send("late"))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.SHUTTING_DOWN));
    world.writer.stop();
  }

  @Test
  void a_stop_before_the_start_ends_too() {
    Command.Accept accept =
        world.accept(ann, bob.address().hex(), Priority.NEXT, "one", Optional.of("id"));
    queue.submit(accept);

    world.writer.stop();

    assertThat(accept.receipt()).isCompletedExceptionally();
  }
}
