package dev.claudemesh.broker.presence;

import static dev.claudemesh.db.jooq.Tables.PENDING_STATUS;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.broker.presence.StatusRules.Recorded;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.jooq.tables.records.PendingStatusRecord;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.PresenceRequest.HookSetStatus;
import dev.claudemesh.protocol.presence.Status;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;

/// What peers say of themselves, on disk, and the reports of hooks that came before their session.
final class PresenceStore {
  private final Database database;

  PresenceStore(Database database) {
    this.database = database;
  }

  void status(String presenceId, Recorded recorded) {
    database
        .dsl()
        .update(PRESENCE)
        .set(PRESENCE.STATUS, wire(recorded.status()))
        .set(PRESENCE.STATUS_SOURCE, wire(recorded.source()))
        .set(PRESENCE.STATUS_UPDATED_AT, recorded.at())
        .where(PRESENCE.ID.eq(presenceId))
        .execute();
  }

  void summary(String presenceId, Optional<String> summary) {
    set(presenceId, PRESENCE.SUMMARY, summary.orElse(null));
  }

  void stats(String presenceId, Map<String, Long> stats) {
    set(presenceId, PRESENCE.STATS, JSONB.valueOf(StoredJson.of(stats)));
  }

  void visible(String presenceId, boolean visible) {
    set(presenceId, PRESENCE.VISIBLE, visible);
  }

  void profile(String presenceId, Profile profile) {
    set(presenceId, PRESENCE.PROFILE, JSONB.valueOf(StoredJson.of(profile)));
  }

  /// The presence that was given a hook token, while it lasts.
  Optional<String> byHookToken(String hash) {
    return database
        .dsl()
        .select(PRESENCE.ID)
        .from(PRESENCE)
        .where(PRESENCE.HOOK_TOKEN_HASH.eq(hash))
        .and(PRESENCE.DISCONNECTED_AT.isNull())
        .fetchOptional(PRESENCE.ID);
  }

  /// Keeps a report whose session is not here yet.
  ///
  /// @return false if `limit` reports wait already
  boolean hold(HookSetStatus report, Status status, Instant now, int limit) {
    return database.transaction(dsl -> {
      if (dsl.fetchCount(PENDING_STATUS) >= limit) {
        return false;
      }
      return dsl.insertInto(PENDING_STATUS)
              .set(PENDING_STATUS.ID, Ids.next())
              .set(PENDING_STATUS.SESSION_ID, report.sessionId().orElse(null))
              .set(PENDING_STATUS.PID, report.pid().map(Long::intValue).orElse(null))
              .set(PENDING_STATUS.CWD, report.cwd().orElse(null))
              .set(PENDING_STATUS.HOSTNAME, report.hostname().orElse(null))
              .set(PENDING_STATUS.STATUS, wire(status))
              .set(PENDING_STATUS.CREATED_AT, now)
              .execute()
          == 1;
    });
  }

  /// Takes the newest report for a client: by session id, else by process, folder and machine. All
  /// that were for it count as applied.
  ///
  /// @param notBefore older reports are too old
  Optional<Status> take(Peer.Client client, Instant notBefore, Instant now) {
    Condition process =
        PENDING_STATUS
            .PID
            .eq(client.pid())
            .and(PENDING_STATUS.CWD.eq(client.cwd()))
            .and(same(PENDING_STATUS.HOSTNAME, client.hostname()));
    return database
        .dsl()
        .update(PENDING_STATUS)
        .set(PENDING_STATUS.APPLIED_AT, now)
        .where(PENDING_STATUS.SESSION_ID.eq(client.sessionId()).or(process))
        .and(PENDING_STATUS.APPLIED_AT.isNull())
        .returning()
        .fetch()
        .stream()
        .filter(row -> !row.getCreatedAt().isBefore(notBefore))
        .max(Comparator.comparing(PendingStatusRecord::getCreatedAt))
        .map(row -> Status.valueOf(row.getStatus().toUpperCase(Locale.ROOT)));
  }

  /// Forgets reports that were applied or came before a time.
  int prune(Instant before) {
    return database
        .dsl()
        .deleteFrom(PENDING_STATUS)
        .where(PENDING_STATUS.APPLIED_AT.isNotNull().or(PENDING_STATUS.CREATED_AT.lt(before)))
        .execute();
  }

  private <T> void set(String presenceId, Field<T> field, T value) {
    database.dsl().update(PRESENCE).set(field, value).where(PRESENCE.ID.eq(presenceId)).execute();
  }

  private static Condition same(Field<String> field, Optional<String> value) {
    return value.map(field::eq).orElseGet(field::isNull);
  }

  private static String wire(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
