package dev.claudemesh.broker.accounts;

import static dev.claudemesh.db.jooq.Tables.DEVICE_LOGIN;

import dev.claudemesh.broker.accounts.AccountStore.Trace;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.jooq.tables.records.DeviceLoginRecord;
import java.time.Instant;
import java.util.Optional;
import org.jooq.impl.DSL;

/// Rows of `device_login`.
final class DeviceStore {
  private final Database database;

  DeviceStore(Database database) {
    this.database = database;
  }

  /// @return whether it was stored: not if a code was drawn twice, nor beyond `most` that wait
  boolean insert(DeviceRow row, String deviceHash, int most) {
    return database
            .dsl()
            .insertInto(
                DEVICE_LOGIN,
                DEVICE_LOGIN.ID,
                DEVICE_LOGIN.DEVICE_HASH,
                DEVICE_LOGIN.USER_CODE,
                DEVICE_LOGIN.NAME,
                DEVICE_LOGIN.DEVICE,
                DEVICE_LOGIN.ADDRESS,
                DEVICE_LOGIN.CREATED_AT,
                DEVICE_LOGIN.EXPIRES_AT)
            .select(
                DSL.select(
                        DSL.val(row.id()),
                        DSL.val(deviceHash),
                        DSL.val(row.userCode()),
                        DSL.val(row.name()),
                        DSL.val(row.device().orElse(null), DEVICE_LOGIN.DEVICE),
                        DSL.val(row.address()),
                        DSL.val(row.createdAt(), DEVICE_LOGIN.CREATED_AT),
                        DSL.val(row.expiresAt(), DEVICE_LOGIN.EXPIRES_AT))
                    .where(
                        DSL.selectCount()
                            .from(DEVICE_LOGIN)
                            .where(DEVICE_LOGIN.EXPIRES_AT.gt(row.createdAt()))
                            .and(DEVICE_LOGIN.DECIDED_AT.isNull())
                            .asField()
                            .lt(DSL.val(most))))
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  Optional<DeviceRow> byUserCode(String userCode) {
    return database
        .dsl()
        .fetchOptional(DEVICE_LOGIN, DEVICE_LOGIN.USER_CODE.eq(userCode))
        .map(DeviceStore::row);
  }

  Optional<DeviceRow> byId(String id) {
    return database.dsl().fetchOptional(DEVICE_LOGIN, DEVICE_LOGIN.ID.eq(id)).map(DeviceStore::row);
  }

  Optional<DeviceRow> byDevice(String deviceHash) {
    return database
        .dsl()
        .fetchOptional(DEVICE_LOGIN, DEVICE_LOGIN.DEVICE_HASH.eq(deviceHash))
        .map(DeviceStore::row);
  }

  /// Writes down that it was asked for.
  ///
  /// @return whether that was not too soon after the last time
  boolean ask(String deviceHash, Instant now) {
    return database
            .dsl()
            .update(DEVICE_LOGIN)
            .set(DEVICE_LOGIN.POLLED_AT, now)
            .where(DEVICE_LOGIN.DEVICE_HASH.eq(deviceHash))
            .and(
                DEVICE_LOGIN
                    .POLLED_AT
                    .isNull()
                    .or(DEVICE_LOGIN.POLLED_AT.le(now.minus(DeviceRules.BETWEEN)))
                    .or(DEVICE_LOGIN.POLLED_AT.gt(now))) // by a clock that was set back
            .execute()
        == 1;
  }

  /// Approves or denies what still waits; the first decision counts.
  boolean decide(String id, DeviceRow.Decision decision, String address) {
    return database.transaction(dsl -> {
      int decided =
          dsl.update(DEVICE_LOGIN)
              .set(DEVICE_LOGIN.ACCOUNT_ID, decision.accountId())
              .set(DEVICE_LOGIN.APPROVED, decision.approved())
              .set(DEVICE_LOGIN.DECIDED_AT, decision.at())
              .where(DEVICE_LOGIN.ID.eq(id))
              .and(DEVICE_LOGIN.DECIDED_AT.isNull())
              .and(DEVICE_LOGIN.EXPIRES_AT.gt(decision.at()))
              .execute();
      if (decided == 1) {
        Trace trace = new Trace(decision.approved() ? "approved" : "denied", address);
        AccountStore.note(dsl, decision.accountId(), "session", null, trace, decision.at());
      }
      return decided == 1;
    });
  }

  /// Gives an approved command line its token, once.
  ///
  /// @param token for the account that approved it
  /// @return whether this was the first to ask, in time
  boolean claim(String deviceHash, TokenRow token, String tokenHash, int most, Trace trace) {
    return database.transaction(dsl -> {
      int claimed =
          dsl.update(DEVICE_LOGIN)
              .set(DEVICE_LOGIN.CLAIMED_AT, token.createdAt())
              .where(DEVICE_LOGIN.DEVICE_HASH.eq(deviceHash))
              .and(DEVICE_LOGIN.ACCOUNT_ID.eq(token.accountId()))
              .and(DEVICE_LOGIN.APPROVED.isTrue())
              .and(DEVICE_LOGIN.CLAIMED_AT.isNull())
              .and(DEVICE_LOGIN.DECIDED_AT.gt(token.createdAt().minus(DeviceRules.TO_CLAIM)))
              .execute();
      return claimed == 1
          && AccountStore.issue(dsl, token, tokenHash, Optional.empty(), most, trace);
    });
  }

  void prune(Instant ended) {
    database.dsl().deleteFrom(DEVICE_LOGIN).where(DEVICE_LOGIN.EXPIRES_AT.lt(ended)).execute();
  }

  private static DeviceRow row(DeviceLoginRecord row) {
    return new DeviceRow(
        row.getId(),
        row.getUserCode(),
        row.getName(),
        Optional.ofNullable(row.getDevice()),
        row.getAddress(),
        row.getCreatedAt(),
        row.getExpiresAt(),
        Optional.ofNullable(row.getDecidedAt())
            .map(at -> new DeviceRow.Decision(row.getAccountId(), row.getApproved(), at)),
        row.getClaimedAt() != null);
  }
}
