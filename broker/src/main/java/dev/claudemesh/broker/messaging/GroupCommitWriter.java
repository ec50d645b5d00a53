package dev.claudemesh.broker.messaging;

import dev.claudemesh.protocol.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes whatever waits in one transaction: while one commit runs, the next batch gathers. No
/// timer: a lone message waits for nobody.
final class GroupCommitWriter implements MessageWriter {
  private static final Logger log = LoggerFactory.getLogger(GroupCommitWriter.class);

  /// Commands, copies and characters of one transaction; a message to very many, or a very long
  /// one, is written alone.
  private static final int MOST_COMMANDS = 4_096;

  private static final int MOST_COPIES = 4_096;
  private static final int MOST_CHARACTERS = 4_194_304;

  /// Changes that are remembered while the database is away; beyond that, commands wait in the
  /// queue.
  private static final int MOST_REMEMBERED = 10_000;

  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  private final CommandQueue queue;
  private final Ledger ledger;
  private final int batch;
  private final Duration stop;
  private final Thread thread = Thread.ofPlatform().name("message-writer").unstarted(this::run);
  private Duration pause = FIRST_PAUSE;

  /// @param batch messages of one transaction
  /// @param stop how long a stop waits for what was given
  GroupCommitWriter(CommandQueue queue, Ledger ledger, int batch, Duration stop) {
    this.queue = queue;
    this.ledger = ledger;
    this.batch = batch;
    this.stop = stop;
  }

  @Override
  public void start() {
    thread.start();
  }

  @Override
  public void submit(Command command) {
    queue.submit(command);
  }

  @Override
  public void tell(Command command) {
    queue.tell(command);
  }

  private void run() {
    try {
      while (!queue.closed() || !queue.isEmpty() || ledger.hasWork()) {
        round();
      }
    } catch (InterruptedException e) {
      log.warn("The writer was told to stop before the database took everything");
    }
    ledger.tell();
    refuseWaiting(CommandQueue.shuttingDown());
  }

  private void round() throws InterruptedException {
    boolean written;
    try {
      if (queue.isEmpty()) {
        ledger.tell();
      }
      written = ledger.attempt(take());
    } catch (RuntimeException e) {
      log.error("A round of the writer failed", e);
      written = false;
    }
    if (written) {
      pause = FIRST_PAUSE;
      return;
    }
    ledger.tell();
    refuseWaiting(Ledger.busy());
    Thread.sleep(pause);
    Duration longer = pause.multipliedBy(2);
    pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
  }

  /// What waits, up to a batch. Waits for a command only if there is nothing else to do.
  private List<Command> take() throws InterruptedException {
    List<Command> taken = new ArrayList<>();
    int messages = 0;
    int copies = 0;
    int characters = 0;
    Optional<Command> next = ledger.hasWork() || queue.closed() ? queue.poll() : queue.take();
    while (next.isPresent()) {
      taken.add(next.get());
      if (next.get() instanceof Command.Accept accept) {
        messages++;
        copies += accept.recipients().size();
        characters += accept.bytes();
      }
      boolean room =
          messages < batch
              && copies < MOST_COPIES
              && characters < MOST_CHARACTERS
              && taken.size() < MOST_COMMANDS
              && ledger.remembered() < MOST_REMEMBERED;
      next = room ? queue.poll() : Optional.empty();
    }
    return taken;
  }

  /// Those behind a refused message are refused too, so that they do not overtake it.
  private void refuseWaiting(Problem problem) {
    queue.takeMessages(accept -> ledger.refuse(accept, problem));
  }

  @Override
  public void stop() {
    queue.close();
    if (thread.getState() == Thread.State.NEW) {
      refuseWaiting(CommandQueue.shuttingDown());
      return;
    }
    try {
      thread.join(stop);
      thread.interrupt();
      thread.join(stop);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
