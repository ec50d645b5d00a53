package dev.claudemesh.broker.accounts;

import static dev.claudemesh.db.jooq.Tables.ACCOUNT_CODE;

import dev.claudemesh.db.Database;
import java.time.Instant;
import java.util.Optional;

/// Rows of `account_code`.
final class CodeStore {
  private final Database database;

  CodeStore(Database database) {
    this.database = database;
  }

  /// Stores the only code of an address from now on.
  void put(String email, String hash, Instant now, Instant expiresAt) {
    database
        .dsl()
        .insertInto(ACCOUNT_CODE)
        .set(ACCOUNT_CODE.EMAIL, email)
        .set(ACCOUNT_CODE.CODE_HASH, hash)
        .set(ACCOUNT_CODE.CREATED_AT, now)
        .set(ACCOUNT_CODE.EXPIRES_AT, expiresAt)
        .onConflict(ACCOUNT_CODE.EMAIL)
        .doUpdate()
        .set(ACCOUNT_CODE.CODE_HASH, hash)
        .set(ACCOUNT_CODE.TRIES, 0)
        .set(ACCOUNT_CODE.CREATED_AT, now)
        .set(ACCOUNT_CODE.EXPIRES_AT, expiresAt)
        .setNull(ACCOUNT_CODE.USED_AT)
        .execute();
  }

  /// Counts a try before it is looked at, so that tries at once are not more than tries in a row.
  ///
  /// @return the hash of the code; empty if there is none that is good, or no try is left
  Optional<String> tried(String email, Instant now) {
    return database
        .dsl()
        .update(ACCOUNT_CODE)
        .set(ACCOUNT_CODE.TRIES, ACCOUNT_CODE.TRIES.plus(1))
        .where(ACCOUNT_CODE.EMAIL.eq(email))
        .and(ACCOUNT_CODE.USED_AT.isNull())
        .and(ACCOUNT_CODE.EXPIRES_AT.gt(now))
        .and(ACCOUNT_CODE.TRIES.lt(CodeRules.TRIES))
        .returning(ACCOUNT_CODE.CODE_HASH)
        .fetchOptional(ACCOUNT_CODE.CODE_HASH);
  }

  /// Uses a code up.
  ///
  /// @return whether this was the first who did
  boolean used(String email, String hash, Instant now) {
    return database
            .dsl()
            .update(ACCOUNT_CODE)
            .set(ACCOUNT_CODE.USED_AT, now)
            .where(ACCOUNT_CODE.EMAIL.eq(email))
            .and(ACCOUNT_CODE.CODE_HASH.eq(hash))
            .and(ACCOUNT_CODE.USED_AT.isNull())
            .execute()
        == 1;
  }

  void prune(Instant ended) {
    database.dsl().deleteFrom(ACCOUNT_CODE).where(ACCOUNT_CODE.EXPIRES_AT.lt(ended)).execute();
  }
}
