package dev.claudemesh.broker.messaging;

import dev.claudemesh.db.Database;
import dev.claudemesh.db.DatabaseException;
import dev.claudemesh.db.TestDatabase;
import java.time.Duration;
import java.util.function.Predicate;

/// The real tables behind a database that is away when the test says so, before or after it has
/// committed.
final class TroubledQueue implements Ledger.Queue {
  private final MessageStore store;
  private volatile Trouble trouble = Trouble.NONE;
  private volatile Predicate<Letter> poison = letter -> false;

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

  @Override
  public void write(Round round) {
    if (trouble == Trouble.AWAY) {
      throw away();
    }
    if (round.postings().stream().anyMatch(posting -> poison.test(posting.accept().letter()))) {
      throw new IllegalStateException("bad row");
    }
    store.write(round);
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
