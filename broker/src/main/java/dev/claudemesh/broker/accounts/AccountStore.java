package dev.claudemesh.broker.accounts;

import static dev.claudemesh.db.jooq.Tables.ACCOUNT;
import static dev.claudemesh.db.jooq.Tables.ACCOUNT_EVENT;
import static dev.claudemesh.db.jooq.Tables.ACCOUNT_TOKEN;

import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.impl.DSL;

/// Rows of `account`, `account_token` and `account_event`.
final class AccountStore {
  private final Database database;

  AccountStore(Database database) {
    this.database = database;
  }

  /// What is written beside a change.
  ///
  /// @param address where the call came from
  record Trace(String what, String address) {}

  /// @return whether it was made: not if the address has one, nor beyond `most` in all
  boolean insert(AccountRow account, int most) {
    return database
            .dsl()
            .insertInto(
                ACCOUNT,
                ACCOUNT.ID,
                ACCOUNT.EMAIL,
                ACCOUNT.NAME,
                ACCOUNT.PASSWORD_HASH,
                ACCOUNT.CREATED_AT)
            .select(
                DSL.select(
                        DSL.val(account.id()),
                        DSL.val(account.email()),
                        DSL.val(account.name()),
                        DSL.val(account.passwordHash()),
                        DSL.val(account.createdAt(), ACCOUNT.CREATED_AT))
                    .where(DSL.selectCount().from(ACCOUNT).asField().lt(DSL.val(most))))
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  Optional<AccountRow> byEmail(String email) {
    return account(ACCOUNT.EMAIL.eq(email));
  }

  Optional<AccountRow> byId(String id) {
    return account(ACCOUNT.ID.eq(id));
  }

  private Optional<AccountRow> account(Condition which) {
    return database
        .dsl()
        .selectFrom(ACCOUNT)
        .where(which)
        .fetchOptional(row ->
            new AccountRow(
                row.getId(),
                row.getEmail(),
                row.getName(),
                row.getPasswordHash(),
                row.getCreatedAt(),
                row.getEmailProvenAt() != null));
  }

  /// Sets another password and ends every token but the personal access ones, in one transaction.
  ///
  /// @param before the hash that was checked
  /// @return whether that was still the password
  boolean changePassword(
      String accountId, String before, String after, Instant now, String address) {
    return database.transaction(dsl -> {
      int changed =
          dsl.update(ACCOUNT)
              .set(ACCOUNT.PASSWORD_HASH, after)
              .where(ACCOUNT.ID.eq(accountId).and(ACCOUNT.PASSWORD_HASH.eq(before)))
              .execute();
      if (changed == 0) {
        return false;
      }
      revoke(
          dsl,
          ACCOUNT_TOKEN.ACCOUNT_ID.eq(accountId).and(ACCOUNT_TOKEN.KIND.ne(Kind.PAT.wireName())),
          now,
          new Trace("password_changed", address));
      return true;
    });
  }

  /// Sets another password of somebody who proved the mailbox, and ends every token but the
  /// personal access ones; of an account that was never proven before, those, too: whoever made it
  /// may have been somebody else.
  void proveMailbox(String accountId, String passwordHash, Instant now, String address) {
    database.transaction(dsl -> {
      boolean first =
          dsl.select(ACCOUNT.EMAIL_PROVEN_AT)
                  .from(ACCOUNT)
                  .where(ACCOUNT.ID.eq(accountId))
                  .forUpdate()
                  .fetchOne(ACCOUNT.EMAIL_PROVEN_AT)
              == null;
      dsl.update(ACCOUNT)
          .set(ACCOUNT.PASSWORD_HASH, passwordHash)
          .set(ACCOUNT.EMAIL_PROVEN_AT, now)
          .where(ACCOUNT.ID.eq(accountId))
          .execute();
      Condition ended = ACCOUNT_TOKEN.ACCOUNT_ID.eq(accountId);
      Trace trace = new Trace(first ? "mailbox_proven" : "password_reset", address);
      note(dsl, accountId, "account", null, trace, now);
      revoke(
          dsl, first ? ended : ended.and(ACCOUNT_TOKEN.KIND.ne(Kind.PAT.wireName())), now, trace);
      return first;
    });
  }

  /// Stores a token. Of sessions the ones that were used longest ago make room for it.
  ///
  /// @param token its `revoked` and `lastUsedAt` are not looked at
  /// @param hash of the token
  /// @param passwordHash the token is stored only while the account has this password; whatever it
  ///   has if empty
  /// @return whether it was: not beyond `most` personal access tokens
  boolean issue(TokenRow token, String hash, Optional<String> passwordHash, int most, Trace trace) {
    return database.transaction(dsl -> issue(dsl, token, hash, passwordHash, most, trace));
  }

  static boolean issue(
      DSLContext dsl,
      TokenRow token,
      String hash,
      Optional<String> passwordHash,
      int most,
      Trace trace) {
    // The row of the account is the lock: nobody else issues or changes the password meanwhile.
    boolean there =
        dsl.selectOne()
            .from(ACCOUNT)
            .where(ACCOUNT.ID.eq(token.accountId()))
            .and(passwordHash.map(ACCOUNT.PASSWORD_HASH::eq).orElse(DSL.noCondition()))
            .forUpdate()
            .fetchOptional()
            .isPresent();
    if (!there || !makeRoom(dsl, token, most)) {
      return false;
    }
    dsl.insertInto(ACCOUNT_TOKEN)
        .set(ACCOUNT_TOKEN.ID, token.id())
        .set(ACCOUNT_TOKEN.ACCOUNT_ID, token.accountId())
        .set(ACCOUNT_TOKEN.KIND, token.kind().wireName())
        .set(ACCOUNT_TOKEN.TOKEN_HASH, hash)
        .set(ACCOUNT_TOKEN.NAME, token.name())
        .set(ACCOUNT_TOKEN.DEVICE, token.device().orElse(null))
        .set(ACCOUNT_TOKEN.CREATED_AT, token.createdAt())
        .set(ACCOUNT_TOKEN.EXPIRES_AT, token.expiresAt().orElse(null))
        .execute();
    note(dsl, token.accountId(), token.kind().wireName(), token.id(), trace, token.createdAt());
    return true;
  }

  private static boolean makeRoom(DSLContext dsl, TokenRow token, int most) {
    Condition good = good(token.accountId(), token.kind(), token.createdAt());
    int beyond = dsl.fetchCount(ACCOUNT_TOKEN, good) - most + 1;
    if (beyond <= 0) {
      return true;
    }
    if (token.kind() == Kind.PAT) {
      return false;
    }
    dsl.update(ACCOUNT_TOKEN)
        .set(ACCOUNT_TOKEN.REVOKED_AT, token.createdAt())
        .where(
            ACCOUNT_TOKEN.ID.in(
                dsl.select(ACCOUNT_TOKEN.ID)
                    .from(ACCOUNT_TOKEN)
                    .where(good)
                    .orderBy(DSL.coalesce(ACCOUNT_TOKEN.LAST_USED_AT, ACCOUNT_TOKEN.CREATED_AT))
                    .limit(beyond)))
        .execute();
    return true;
  }

  Optional<TokenRow> find(AccountToken token) {
    return token(
        ACCOUNT_TOKEN
            .TOKEN_HASH
            .eq(token.hash())
            .and(ACCOUNT_TOKEN.KIND.eq(token.kind().wireName())));
  }

  Optional<TokenRow> byTokenId(String id) {
    return token(ACCOUNT_TOKEN.ID.eq(id));
  }

  private Optional<TokenRow> token(Condition which) {
    return database
        .dsl()
        .select(columns())
        .from(ACCOUNT_TOKEN)
        .where(which)
        .fetchOptional(AccountStore::row);
  }

  /// Tokens that are good, the newest first.
  List<TokenRow> good(String accountId, Kind kind, Instant now, int most) {
    return database
        .dsl()
        .select(columns())
        .from(ACCOUNT_TOKEN)
        .where(good(accountId, kind, now))
        .orderBy(ACCOUNT_TOKEN.CREATED_AT.desc(), ACCOUNT_TOKEN.ID)
        .limit(most)
        .fetch(AccountStore::row);
  }

  /// Writes down that a token was used, and how long it is good by that.
  void used(String id, Instant now, Optional<Instant> expiresAt) {
    database
        .dsl()
        .update(ACCOUNT_TOKEN)
        .set(ACCOUNT_TOKEN.LAST_USED_AT, now)
        .set(ACCOUNT_TOKEN.EXPIRES_AT, expiresAt.orElse(null))
        .where(ACCOUNT_TOKEN.ID.eq(id))
        .and(ACCOUNT_TOKEN.REVOKED_AT.isNull())
        .execute();
  }

  /// Ends one token of an account and kind.
  ///
  /// @return whether there was one that was not revoked
  boolean revoke(String accountId, Kind kind, String id, Instant now, String address) {
    return database.transaction(dsl ->
        revoke(
                dsl,
                ACCOUNT_TOKEN
                    .ACCOUNT_ID
                    .eq(accountId)
                    .and(ACCOUNT_TOKEN.KIND.eq(kind.wireName()))
                    .and(ACCOUNT_TOKEN.ID.eq(id)),
                now,
                new Trace("revoked", address))
            > 0);
  }

  private static int revoke(DSLContext dsl, Condition which, Instant now, Trace trace) {
    List<TokenRow> revoked =
        dsl.update(ACCOUNT_TOKEN)
            .set(ACCOUNT_TOKEN.REVOKED_AT, now)
            .where(which.and(ACCOUNT_TOKEN.REVOKED_AT.isNull()))
            .returning(columns())
            .fetch(AccountStore::row);
    revoked.forEach(
        token -> note(dsl, token.accountId(), token.kind().wireName(), token.id(), trace, now));
    return revoked.size();
  }

  static void note(
      DSLContext dsl, String accountId, String kind, String tokenId, Trace trace, Instant now) {
    dsl.insertInto(ACCOUNT_EVENT)
        .set(ACCOUNT_EVENT.ACCOUNT_ID, accountId)
        .set(ACCOUNT_EVENT.AT, now)
        .set(ACCOUNT_EVENT.WHAT, trace.what())
        .set(ACCOUNT_EVENT.KIND, kind)
        .set(ACCOUNT_EVENT.TOKEN_ID, tokenId)
        .set(ACCOUNT_EVENT.ADDRESS, trace.address())
        .execute();
  }

  static void noteMesh(DSLContext dsl, String accountId, String meshId, Trace trace, Instant now) {
    dsl.insertInto(ACCOUNT_EVENT)
        .set(ACCOUNT_EVENT.ACCOUNT_ID, accountId)
        .set(ACCOUNT_EVENT.AT, now)
        .set(ACCOUNT_EVENT.WHAT, trace.what())
        .set(ACCOUNT_EVENT.KIND, "mesh")
        .set(ACCOUNT_EVENT.MESH_ID, meshId)
        .set(ACCOUNT_EVENT.ADDRESS, trace.address())
        .execute();
  }

  /// The row of the account is the lock: nobody else issues, links or changes the password
  /// meanwhile.
  static void lock(DSLContext dsl, String accountId) {
    dsl.selectOne().from(ACCOUNT).where(ACCOUNT.ID.eq(accountId)).forUpdate().fetch();
  }

  /// Removes tokens that ended before one time, and events of before another.
  void prune(Instant ended, Instant events) {
    database
        .dsl()
        .deleteFrom(ACCOUNT_TOKEN)
        .where(ACCOUNT_TOKEN.REVOKED_AT.lt(ended).or(ACCOUNT_TOKEN.EXPIRES_AT.lt(ended)))
        .execute();
    database.dsl().deleteFrom(ACCOUNT_EVENT).where(ACCOUNT_EVENT.AT.lt(events)).execute();
  }

  private static Condition good(String accountId, Kind kind, Instant now) {
    return ACCOUNT_TOKEN
        .ACCOUNT_ID
        .eq(accountId)
        .and(ACCOUNT_TOKEN.KIND.eq(kind.wireName()))
        .and(ACCOUNT_TOKEN.REVOKED_AT.isNull())
        .and(ACCOUNT_TOKEN.EXPIRES_AT.isNull().or(ACCOUNT_TOKEN.EXPIRES_AT.gt(now)));
  }

  private static List<SelectFieldOrAsterisk> columns() {
    return List.of(
        ACCOUNT_TOKEN.ID,
        ACCOUNT_TOKEN.ACCOUNT_ID,
        ACCOUNT_TOKEN.KIND,
        ACCOUNT_TOKEN.NAME,
        ACCOUNT_TOKEN.DEVICE,
        ACCOUNT_TOKEN.CREATED_AT,
        ACCOUNT_TOKEN.EXPIRES_AT,
        ACCOUNT_TOKEN.LAST_USED_AT,
        ACCOUNT_TOKEN.REVOKED_AT);
  }

  private static TokenRow row(Record row) {
    return new TokenRow(
        row.get(ACCOUNT_TOKEN.ID),
        row.get(ACCOUNT_TOKEN.ACCOUNT_ID),
        Kind.valueOf(row.get(ACCOUNT_TOKEN.KIND).toUpperCase(Locale.ROOT)),
        row.get(ACCOUNT_TOKEN.NAME),
        Optional.ofNullable(row.get(ACCOUNT_TOKEN.DEVICE)),
        row.get(ACCOUNT_TOKEN.CREATED_AT),
        Optional.ofNullable(row.get(ACCOUNT_TOKEN.EXPIRES_AT)),
        Optional.ofNullable(row.get(ACCOUNT_TOKEN.LAST_USED_AT)),
        row.get(ACCOUNT_TOKEN.REVOKED_AT) != null);
  }
}
