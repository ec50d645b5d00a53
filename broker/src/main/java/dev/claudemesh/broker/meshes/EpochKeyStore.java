package dev.claudemesh.broker.meshes;

import static dev.claudemesh.db.jooq.Tables.EPOCH_KEY;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;

import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.KeyRequest.InviteProof;
import dev.claudemesh.protocol.meshes.MeshRequest.SealedFor;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record5;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/// Rows of `epoch_key`: each key of a mesh, sealed to each member who may read that epoch.
final class EpochKeyStore {
  /// Sealed keys that one answer carries, the newest epochs first.
  static final int MOST_KEYS = 100;

  private static final Field<Integer> EACH_EPOCH =
      DSL.field(DSL.name("each", "epoch"), SQLDataType.INTEGER);

  private final Database database;

  EpochKeyStore(Database database) {
    this.database = database;
  }

  /// The keys sealed to a member, newest epoch first.
  List<EpochKey> ofMember(String meshId, String memberId, Collection<Integer> known) {
    return database
        .dsl()
        .select(EPOCH_KEY.EPOCH, EPOCH_KEY.SEALED_KEY, EPOCH_KEY.SEALED_BY, EPOCH_KEY.SIGNATURE)
        .from(EPOCH_KEY)
        .where(EPOCH_KEY.MESH_ID.eq(meshId))
        .and(EPOCH_KEY.MEMBER_ID.eq(memberId))
        .and(EPOCH_KEY.SIGNATURE.isNotNull())
        .and(known.isEmpty() ? DSL.noCondition() : EPOCH_KEY.EPOCH.notIn(known))
        .orderBy(EPOCH_KEY.EPOCH.desc())
        .limit(MOST_KEYS)
        .fetch(row -> new EpochKey(row.value1(), row.value2(), row.value3(), row.value4()));
  }

  boolean holds(String meshId, int epoch, String memberId) {
    return database
        .dsl()
        .fetchExists(EPOCH_KEY, held(meshId, epoch).and(EPOCH_KEY.MEMBER_ID.eq(memberId)));
  }

  /// Which of these members hold a key.
  Set<String> holders(String meshId, int epoch, Collection<String> memberIds) {
    return new HashSet<>(
        database
            .dsl()
            .select(EPOCH_KEY.MEMBER_ID)
            .from(EPOCH_KEY)
            .where(held(meshId, epoch))
            .and(EPOCH_KEY.MEMBER_ID.in(memberIds))
            .fetch(EPOCH_KEY.MEMBER_ID));
  }

  /// The present member with a key.
  Optional<String> member(String meshId, String pubkey) {
    return database
        .dsl()
        .select(MEMBER.ID)
        .from(MEMBER)
        .where(MEMBER.MESH_ID.eq(meshId))
        .and(MEMBER.PEER_PUBKEY.eq(pubkey))
        .and(MEMBER.REVOKED_AT.isNull())
        .fetchOptional(MEMBER.ID);
  }

  /// Stores a key for a member who lacks it, if the member is still there.
  ///
  /// @return false if somebody else did it before, or the member was removed
  boolean seal(String meshId, String memberId, EpochKey key, Instant now) {
    return database
            .dsl()
            .insertInto(
                EPOCH_KEY,
                EPOCH_KEY.MESH_ID,
                EPOCH_KEY.EPOCH,
                EPOCH_KEY.MEMBER_ID,
                EPOCH_KEY.SEALED_KEY,
                EPOCH_KEY.SEALED_BY,
                EPOCH_KEY.SIGNATURE,
                EPOCH_KEY.SEALED_AT)
            .select(
                DSL.select(
                        MEMBER.MESH_ID,
                        DSL.val(key.epoch()),
                        MEMBER.ID,
                        DSL.val(key.sealedKey()),
                        DSL.val(key.sealedBy()),
                        DSL.val(key.signature()),
                        DSL.val(now, EPOCH_KEY.SEALED_AT))
                    .from(MEMBER)
                    .where(MEMBER.MESH_ID.eq(meshId))
                    .and(MEMBER.ID.eq(memberId))
                    .and(MEMBER.REVOKED_AT.isNull()))
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  /// Starts the next epoch, if nobody else did. The mesh's row is locked first, and a removal locks
  /// it too, so that the members that are compared are the members there are.
  ///
  /// @return the mesh's epoch now
  /// @throws dev.claudemesh.protocol.Problem if the keys do not cover exactly the members; then
  ///   nothing changed
  Rotated rotate(String meshId, int epoch, List<SealedFor> keys, PublicKey sealer, Instant now) {
    return database.transaction(dsl -> {
      int changed =
          dsl.update(MESH)
              .set(MESH.EPOCH, epoch)
              .where(MESH.ID.eq(meshId))
              .and(MESH.EPOCH.eq(epoch - 1))
              .and(MESH.ARCHIVED_AT.isNull())
              .execute();
      if (changed == 0) {
        return new Rotated(
            false,
            dsl.select(MESH.EPOCH).from(MESH).where(MESH.ID.eq(meshId)).fetchSingle(MESH.EPOCH),
            Map.of());
      }
      Map<String, String> members =
          dsl.select(MEMBER.PEER_PUBKEY, MEMBER.ID)
              .from(MEMBER)
              .where(MEMBER.MESH_ID.eq(meshId))
              .and(MEMBER.REVOKED_AT.isNull())
              .fetchMap(MEMBER.PEER_PUBKEY, MEMBER.ID);
      MeshRules.checkCoverage(members.keySet(), keys);
      insertAll(dsl, meshId, epoch, keys, members, sealer, now);
      return new Rotated(true, epoch, new HashMap<>(members));
    });
  }

  /// How a rotation ended.
  ///
  /// @param memberIds by key, of everyone who was given the new key
  record Rotated(boolean won, int epoch, Map<String, String> memberIds) {}

  private static void insertAll(
      DSLContext dsl,
      String meshId,
      int epoch,
      List<SealedFor> keys,
      Map<String, String> members,
      PublicKey sealer,
      Instant now) {
    dsl.batch(
            keys.stream()
                .map(key ->
                    dsl.insertInto(EPOCH_KEY)
                        .set(EPOCH_KEY.MESH_ID, meshId)
                        .set(EPOCH_KEY.EPOCH, epoch)
                        .set(EPOCH_KEY.MEMBER_ID, members.get(key.memberPubkey()))
                        .set(EPOCH_KEY.SEALED_KEY, key.sealedKey())
                        .set(EPOCH_KEY.SEALED_BY, sealer.hex())
                        .set(EPOCH_KEY.SIGNATURE, key.signature())
                        .set(EPOCH_KEY.SEALED_AT, now))
                .toList())
        .execute();
  }

  /// What one member waits for: the current epoch's key, and those of epochs that ended while they
  /// were already a member.
  List<KeyRequest> lackedBy(String meshId, String memberId) {
    return lacked(meshId, MEMBER.ID.eq(memberId), MOST_KEYS);
  }

  /// What others wait for that this member could give them.
  List<KeyRequest> couldGive(String meshId, String memberId, int limit) {
    var mine = EPOCH_KEY.as("mine");
    Condition holds =
        DSL.exists(
            DSL.selectOne()
                .from(mine)
                .where(mine.MESH_ID.eq(MESH.ID))
                .and(mine.EPOCH.eq(EACH_EPOCH))
                .and(mine.MEMBER_ID.eq(memberId)));
    return lacked(meshId, holds.and(MEMBER.ID.ne(memberId)), limit);
  }

  /// Whether anybody waits for a key.
  boolean isLacked(String meshId) {
    return !lacked(meshId, DSL.noCondition(), 1).isEmpty();
  }

  private List<KeyRequest> lacked(String meshId, Condition which, int limit) {
    var next = EPOCH_KEY.as("next");
    var has = EPOCH_KEY.as("has");
    Field<Instant> ended =
        DSL.field(
            DSL.select(DSL.min(next.SEALED_AT))
                .from(next)
                .where(next.MESH_ID.eq(MESH.ID))
                .and(next.EPOCH.eq(EACH_EPOCH.plus(1))));
    return database
        .dsl()
        .select(MEMBER.ID, MEMBER.PEER_PUBKEY, MEMBER.DISPLAY_NAME, EACH_EPOCH, MEMBER.CLAIM)
        .from(MESH)
        .crossJoin(DSL.lateral(DSL.generateSeries(DSL.inline(1), MESH.EPOCH).as("each", "epoch")))
        .join(MEMBER)
        .on(MEMBER.MESH_ID.eq(MESH.ID))
        .where(MESH.ID.eq(meshId))
        .and(MEMBER.REVOKED_AT.isNull())
        .and(which)
        .and(EACH_EPOCH.eq(MESH.EPOCH).or(ended.gt(MEMBER.JOINED_AT)))
        .andNotExists(
            DSL.selectOne()
                .from(has)
                .where(has.MESH_ID.eq(MESH.ID))
                .and(has.EPOCH.eq(EACH_EPOCH))
                .and(has.MEMBER_ID.eq(MEMBER.ID)))
        .orderBy(EACH_EPOCH.desc(), MEMBER.JOINED_AT, MEMBER.ID)
        .limit(limit)
        .fetch(EpochKeyStore::request);
  }

  /// Whether somebody who was removed still holds the current key.
  boolean rotationNeeded(String meshId) {
    return database
        .dsl()
        .fetchExists(
            DSL.selectOne()
                .from(MESH)
                .join(EPOCH_KEY)
                .on(EPOCH_KEY.MESH_ID.eq(MESH.ID))
                .and(EPOCH_KEY.EPOCH.eq(MESH.EPOCH))
                .join(MEMBER)
                .on(MEMBER.ID.eq(EPOCH_KEY.MEMBER_ID))
                .where(MESH.ID.eq(meshId))
                .and(MEMBER.REVOKED_AT.isNotNull()));
  }

  private static Condition held(String meshId, int epoch) {
    return EPOCH_KEY.MESH_ID.eq(meshId).and(EPOCH_KEY.EPOCH.eq(epoch));
  }

  private static KeyRequest request(Record5<String, String, String, Integer, JSONB> row) {
    return new KeyRequest(
        row.value1(),
        row.value2(),
        row.value3(),
        row.value4(),
        Optional.ofNullable(row.value5())
            .map(claim -> Wire.mapper().readValue(claim.data(), InviteProof.class)));
  }
}
