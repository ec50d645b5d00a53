package dev.claudemesh.broker.messaging;

import java.util.ArrayDeque;
import java.util.List;

/// Carries out each command by itself, on the caller's thread. Slow and plain: what the faster
/// writer is compared with.
final class OneByOneWriter implements MessageWriter {
  private final Ledger ledger;
  private final ArrayDeque<Command> waiting = new ArrayDeque<>();
  private boolean writing;

  OneByOneWriter(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void start() {}

  @Override
  public void stop() {}

  @Override
  public void submit(Command command) {
    tell(command);
  }

  @Override
  public synchronized void tell(Command command) {
    waiting.add(command);
    if (writing) {
      return;
    }
    writing = true;
    try {
      while (!waiting.isEmpty()) {
        ledger.attempt(List.of(waiting.poll()));
        ledger.tell();
      }
      while (ledger.hasWork() && ledger.attempt(List.of())) {
        ledger.tell();
      }
    } finally {
      writing = false;
    }
  }
}
