package dev.claudemesh.broker.members;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static dev.claudemesh.db.jooq.Tables.PERMISSION;

import dev.claudemesh.db.Database;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/// Members who were removed, or left. Their rows stay: messages and lists keep naming them.
///
/// Each change locks the mesh's row first, as a new epoch of the mesh key does, so that a key is
/// never sealed to somebody just removed.
final class RemovalStore {
  /// Removed members that one list names, the latest first.
  private static final int MOST_LISTED = 1_000;

  private final Database database;

  RemovalStore(Database database) {
    this.database = database;
  }

  /// A member whom an admin removed.
  record Removed(String memberId, String pubkey, String displayName, Instant revokedAt) {}

  /// Removes a member.
  ///
  /// @param by who did it; the member's own id if they left
  /// @return false if they were not there any more
  boolean remove(String meshId, String memberId, String by, Instant now) {
    return database.transaction(dsl -> {
      lock(dsl, meshId);
      return dsl.update(MEMBER)
              .set(MEMBER.REVOKED_AT, now)
              .set(MEMBER.REVOKED_BY, by)
              .where(MEMBER.MESH_ID.eq(meshId))
              .and(MEMBER.ID.eq(memberId))
              .and(MEMBER.REVOKED_AT.isNull())
              .execute()
          == 1;
    });
  }

  /// Takes a removed member back. They count as having come now: epochs that passed without them
  /// stay closed to them.
  ///
  /// @param asBefore with the role and permissions they had; else as an ordinary member
  /// @return the mesh's epoch; empty if they were not removed
  Optional<Integer> takeBack(String meshId, String memberId, boolean asBefore, Instant now) {
    return database.transaction(dsl -> {
      int epoch = lock(dsl, meshId);
      int changed =
          dsl.update(MEMBER)
              .setNull(MEMBER.REVOKED_AT)
              .setNull(MEMBER.REVOKED_BY)
              .set(MEMBER.JOINED_AT, now)
              .set(MEMBER.ROLE, asBefore ? MEMBER.ROLE : DSL.val("member"))
              .where(MEMBER.MESH_ID.eq(meshId))
              .and(MEMBER.ID.eq(memberId))
              .and(BANNED)
              .execute();
      if (changed == 1 && !asBefore) {
        dsl.deleteFrom(PERMISSION).where(PERMISSION.MEMBER_ID.eq(memberId)).execute();
      }
      return changed == 1 ? Optional.of(epoch) : Optional.empty();
    });
  }

  List<Removed> removed(String meshId) {
    return database
        .dsl()
        .select(MEMBER.ID, MEMBER.PEER_PUBKEY, MEMBER.DISPLAY_NAME, MEMBER.REVOKED_AT)
        .from(MEMBER)
        .where(MEMBER.MESH_ID.eq(meshId))
        .and(BANNED)
        .orderBy(MEMBER.REVOKED_AT.desc(), MEMBER.ID)
        .limit(MOST_LISTED)
        .fetch(row -> new Removed(row.value1(), row.value2(), row.value3(), row.value4()));
  }

  private static final Condition BANNED =
      MEMBER.REVOKED_AT.isNotNull().and(MEMBER.REVOKED_BY.isDistinctFrom(MEMBER.ID));

  private static int lock(DSLContext dsl, String meshId) {
    return dsl.select(MESH.EPOCH)
        .from(MESH)
        .where(MESH.ID.eq(meshId))
        .forUpdate()
        .fetchSingle(MESH.EPOCH);
  }
}
