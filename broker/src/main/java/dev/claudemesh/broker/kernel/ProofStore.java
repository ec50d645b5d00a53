package dev.claudemesh.broker.kernel;

import static dev.claudemesh.db.jooq.Tables.SPENT_PROOF;

import dev.claudemesh.db.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/// Signatures and nonces that were used once. Kept in the database, so that a restart does not let
/// them pass again, and forgotten when their timestamp is too old to be accepted anyway.
public final class ProofStore {
  private static final Duration BETWEEN_PRUNINGS = Duration.ofMinutes(1);

  private final Database database;
  private final AtomicReference<Instant> nextPruning = new AtomicReference<>(Instant.MIN);

  public ProofStore(Database database) {
    this.database = database;
  }

  /// Takes note of a proof.
  ///
  /// @param digest what identifies the proof; a hash, so that its length is bounded
  /// @param expiresAt when its timestamp can no longer be accepted
  /// @return false if it was used before
  public boolean spend(String digest, Instant expiresAt, Instant now) {
    pruneSometimes(now);
    return database
            .dsl()
            .insertInto(SPENT_PROOF)
            .set(SPENT_PROOF.DIGEST, digest)
            .set(SPENT_PROOF.EXPIRES_AT, expiresAt)
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  private void pruneSometimes(Instant now) {
    Instant due = nextPruning.get();
    if (!now.isBefore(due) && nextPruning.compareAndSet(due, now.plus(BETWEEN_PRUNINGS))) {
      database.dsl().deleteFrom(SPENT_PROOF).where(SPENT_PROOF.EXPIRES_AT.lt(now)).execute();
    }
  }
}
