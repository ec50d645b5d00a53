package dev.claudemesh.broker.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.Status;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The same random history, once written command by command and once in batches, must come to the
/// same for everybody.
class WriterComparisonTest {
  private static final int ROUNDS = 6;
  private static final int STEPS = 120;
  private static TestDatabase database;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void many_commands_in_one_transaction_come_to_the_same_as_each_in_its_own() {
    long seed = seed();
    System.out.println("seed " + seed);

    History plain = new History(new Random(seed), OneByOneWriter::new);
    History batched =
        new History(new Random(seed), ledger -> new BatchWriter(ledger, new Random(seed)));
    plain.run();
    batched.run();

    assertThat(batched.refusals).isEqualTo(plain.refusals);
    assertThat(batched.shown).isEqualTo(plain.shown);
    assertThat(batched.world.statuses()).isEqualTo(plain.world.statuses());
    assertThat(plain.world.statuses().values()).containsOnly("delivered");
    assertThat(plain.shown).isNotEmpty();
  }

  private static long seed() {
    String given = System.getProperty("seed", "");
    return given.matches("-?\\d+") ? Long.parseLong(given) : new Random().nextLong();
  }

  /// Writes several commands at once, as many as chance has it.
  private static final class BatchWriter implements MessageWriter {
    private final Ledger ledger;
    private final Random random;
    private final Deque<Command> waiting = new ArrayDeque<>();

    BatchWriter(Ledger ledger, Random random) {
      this.ledger = ledger;
      this.random = random;
    }

    @Override
    public void submit(Command command) {
      waiting.add(command);
    }

    @Override
    public void tell(Command command) {
      waiting.add(command);
    }

    void flush() {
      while (!waiting.isEmpty() || ledger.hasWork()) {
        List<Command> batch = new ArrayList<>();
        for (int size = 1 + random.nextInt(80); batch.size() < size && !waiting.isEmpty(); ) {
          batch.add(waiting.poll());
        }
        ledger.attempt(batch);
        if (random.nextBoolean() || (waiting.isEmpty() && !ledger.hasWork())) {
          ledger.tell();
        }
      }
    }

    @Override
    public void start() {}

    @Override
    public void stop() {}
  }

  /// One world that lives through a history drawn from a seed.
  private static final class History {
    private final Random random;
    private final World world;
    private final List<Peer> all = new ArrayList<>();
    private final List<Peer> lost = new ArrayList<>();
    private final List<String> sent = new ArrayList<>();
    private final List<Boolean> refusals = new ArrayList<>();

    /// What each peer was shown, by sender and priority, each message once.
    private final Map<String, Set<String>> shown = new LinkedHashMap<>();

    private final Map<Peer, Set<String>> taken = new LinkedHashMap<>();

    History(Random random, Function<Ledger, MessageWriter> writing) {
      this.random = random;
      this.world = new World(database.database(), 8, store -> store, writing);
      for (int i = 0; i < 4; i++) {
        all.add(world.session(world.member("peer" + i), i % 2 == 0 ? "even" : "odd/" + i));
      }
    }

    void run() {
      for (int round = 0; round < ROUNDS; round++) {
        for (int step = 0; step < STEPS; step++) {
          step();
        }
        settle();
      }
      for (int i = 0; i < 40; i++) {
        List.copyOf(lost).forEach(this::back);
        all.forEach(peer -> world.status(peer, Status.IDLE));
        settle();
      }
    }

    private void step() {
      Peer peer = all.get(random.nextInt(all.size()));
      switch (random.nextInt(12)) {
        case 0 -> world.status(peer, Status.values()[random.nextInt(3)]);
        case 1 -> lose(peer);
        case 2 -> back(peer);
        case 3 -> sent("*", peer);
        case 4 -> sent("@even", peer);
        case 5 -> sent("@odd", peer);
        default -> sent(all.get(random.nextInt(all.size())).address().hex(), peer);
      }
    }

    private void lose(Peer peer) {
      if (!lost.contains(peer)) {
        settle();
        lost.add(peer);
        world.lost(peer);
      }
    }

    private void back(Peer peer) {
      if (lost.remove(peer)) {
        world.connected(peer);
      }
    }

    private void sent(String target, Peer from) {
      boolean again = !sent.isEmpty() && random.nextInt(10) == 0;
      String id =
          again ? sent.get(random.nextInt(sent.size())) : from.displayName() + "-" + sent.size();
      Priority priority = Priority.values()[random.nextInt(3)];
      if (again && !id.startsWith(from.displayName())) {
        return;
      }
      sent.add(id);
      try {
        world.send(from, target, priority, id + "." + priority, Optional.of(id));
        refusals.add(false);
      } catch (Problem nobody) {
        refusals.add(true);
      }
    }

    /// Everything that was given is carried out, and everybody confirms what came.
    private void settle() {
      flush();
      for (Peer peer : all) {
        if (!lost.contains(peer)) {
          World.socket(peer).pushes().forEach(push -> shown(peer, push));
          world.confirmAll(peer);
        }
      }
      flush();
    }

    private void shown(Peer peer, Push push) {
      if (taken.computeIfAbsent(peer, p -> new LinkedHashSet<>()).add(push.messageId())) {
        String line =
            peer.displayName() + " from " + push.senderName().orElseThrow() + " " + push.priority();
        shown
            .computeIfAbsent(line, l -> new LinkedHashSet<>())
            .add(Mail.text(Wire.tree(push, Optional.empty())));
      }
    }

    private void flush() {
      if (world.writer instanceof BatchWriter batches) {
        batches.flush();
      }
    }
  }
}
