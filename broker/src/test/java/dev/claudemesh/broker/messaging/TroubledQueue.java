package dev.claudemesh.broker.messaging;

import dev.claudemesh.db.Database;
import dev.claudemesh.db.DatabaseException;
import dev.claudemesh.db.TestDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// The real tables behind a database that is away when the test says so, before or after it has
/// committed.
final class TroubledQueue implements Ledger.Queue {
  private final MessageStore store;
  private volatile Trouble trouble = Trouble.NONE;
  private volatile Predicate<Letter> poison = letter -> false;
  private volatile Optional<CountDownLatch> overtaken = Optional.empty();

  enum Trouble {
    NONE,
    /// Nothing is written.
    AWAY,
    /// The commit succeeds and nobody hears of it.
    SILENT
  }

  TroubledQueue(MessageStore store) {
    this.store = store;
  }

  void is(Trouble now) {
    trouble = now;
  }

  /// From now on, a transaction with such a message fails as one with a bad row does.
  void refuses(Predicate<Letter> letter) {
    poison = letter;
  }

  /// From now on, messages are stored slowly: an update that does not wait for them overtakes them.
  void storesSlowly() {
    overtaken = Optional.of(new CountDownLatch(1));
  }

  @Override
  public void store(Round round) {
    overtaken.ifPresent(TroubledQueue::linger);
    if (round.postings().stream().anyMatch(posting -> poison.test(posting.accept().letter()))) {
      throw new IllegalStateException("bad row");
    }
    inTrouble(() -> store.store(round));
  }

  @Override
  public void update(Round round) {
    inTrouble(() -> store.update(round));
    overtaken.ifPresent(CountDownLatch::countDown);
  }

  private static void linger(CountDownLatch latch) {
    try {
      latch.await(200, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void inTrouble(Runnable transaction) {
    if (trouble == Trouble.AWAY) {
      throw away();
    }
    transaction.run();
    if (trouble == Trouble.SILENT) {
      throw away();
    }
  }

  /// What a database that is closed really throws.
  private static DatabaseException away() {
    return Away.EXCEPTION;
  }

  private static final class Away {
    private static final DatabaseException EXCEPTION = make();

    private static DatabaseException make() {
      try (TestDatabase database = TestDatabase.create()) {
        Database closed =
            Database.open(database.config().withAcquireTimeout(Duration.ofMillis(250)), line -> {});
        closed.close();
        closed.dsl().execute("select 1");
        throw new AssertionError("A closed database answers");
      } catch (DatabaseException e) {
        return e;
      }
    }
  }
}
