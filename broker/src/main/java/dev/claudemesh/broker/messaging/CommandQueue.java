package dev.claudemesh.broker.messaging;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Commands that wait for the writer, in the order in which they were given. Thread-safe.
///
/// Bounded by number and by memory: a message takes one place, and one more for every so many bytes
/// of its body. What is said of messages has places of its own: many who send must not keep those
/// who received from saying so.
final class CommandQueue {
  /// Memory that one place stands for.
  private static final int BYTES_PER_PLACE = 8_192;

  private static final int IDS_PER_PLACE = 64;

  private final int capacity;
  private final Duration patience;
  private final Semaphore messagePlaces;
  private final Semaphore otherPlaces;
  private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();
  private volatile boolean closed;

  private record Waiting(Optional<Command> command, int places) {}

  /// @param capacity messages that may wait, and as many other commands
  /// @param patience how long a submitter waits for a place
  CommandQueue(int capacity, Duration patience) {
    this.capacity = capacity;
    this.patience = patience;
    this.messagePlaces = new Semaphore(capacity);
    this.otherPlaces = new Semaphore(capacity);
  }

  /// Adds a command, waiting for a place.
  ///
  /// @throws Problem `busy` if none became free, `shutting_down` once closed; the command was not
  ///   taken
  void submit(Command command) {
    int needed = Math.min(capacity, places(command));
    try {
      if (closed) {
        throw shuttingDown();
      }
      if (!placesFor(command).tryAcquire(needed, patience.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new Problem(
            ProblemCode.BUSY, "Too many messages wait to be stored. Try again in a moment");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw shuttingDown();
    }
    waiting.add(new Waiting(Optional.of(command), needed));
  }

  /// Adds a command without a place. Only for those of which there can be but so many.
  void tell(Command command) {
    waiting.add(new Waiting(Optional.of(command), 0));
  }

  private static int places(Command command) {
    return switch (command) {
      case Command.Accept accept -> 1 + accept.bytes() / BYTES_PER_PLACE;
      case Command.Confirm confirm -> 1 + confirm.messageIds().size() / IDS_PER_PLACE;
      case Command.ConfirmByClientId _, Command.Dropped _, Command.Ready _, Command.Expected _ -> 1;
      case Command.Opened _, Command.Gone _, Command.Sweep _, Command.Expire _ -> 1;
      case Command.Inquire _ -> 1;
    };
  }

  private Semaphore placesFor(Command command) {
    return command instanceof Command.Accept ? messagePlaces : otherPlaces;
  }

  /// The next command; waits for one. Empty once closed.
  Optional<Command> take() throws InterruptedException {
    return taken(waiting.take());
  }

  /// The next command, if one is there.
  Optional<Command> poll() {
    Waiting next = waiting.poll();
    return next == null ? Optional.empty() : taken(next);
  }

  private Optional<Command> taken(Waiting next) {
    next.command().ifPresent(command -> placesFor(command).release(next.places()));
    return next.command();
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /// Takes all messages out and leaves the other commands.
  void takeMessages(Consumer<Command.Accept> each) {
    waiting.removeIf(entry -> {
      if (entry.command().orElse(null) instanceof Command.Accept accept) {
        messagePlaces.release(entry.places());
        each.accept(accept);
        return true;
      }
      return false;
    });
  }

  /// Lets nobody submit any more, and wakes the taker.
  void close() {
    closed = true;
    waiting.add(new Waiting(Optional.empty(), 0));
  }

  boolean closed() {
    return closed;
  }

  static Problem shuttingDown() {
    return new Problem(
        ProblemCode.SHUTTING_DOWN, "The broker is stopping. Try again when it is back");
  }
}
