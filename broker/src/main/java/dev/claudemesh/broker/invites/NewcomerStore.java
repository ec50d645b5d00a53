package dev.claudemesh.broker.invites;

import static dev.claudemesh.db.jooq.Tables.EPOCH_KEY;
import static dev.claudemesh.db.jooq.Tables.INVITE;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.PERMISSION;

import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.impl.DSL;

/// Turns a use of an invite into a member, in one transaction: neither is ever there without the
/// other.
final class NewcomerStore {
  private final Database database;

  NewcomerStore(Database database) {
    this.database = database;
  }

  /// How somebody got in.
  ///
  /// @param alreadyMember they were in before; no use was taken and nothing changed
  record Taken(String memberId, String displayName, String role, boolean alreadyMember) {}

  /// Lets a newcomer in if the invite has a use left; PostgreSQL decides between those who come at
  /// once.
  ///
  /// A key that left by itself comes back as the same member. One that an admin removed does not
  /// come back.
  ///
  /// @throws Problem `revoked`, or `invite_exhausted`; then nothing changed
  Taken take(InviteRow invite, Newcomer newcomer, Instant now) {
    return database.transaction(dsl -> {
      boolean fresh = insert(dsl, invite, newcomer, now);
      if (fresh) {
        use(dsl, invite, now);
        seal(dsl, invite.meshId(), newcomer.memberId(), newcomer, now);
        return new Taken(newcomer.memberId(), newcomer.displayName(), newcomer.role(), false);
      }
      return again(dsl, invite, newcomer, now);
    });
  }

  /// The member with a key who is in the mesh already, if there is one.
  ///
  /// @throws Problem `revoked` for a key that an admin removed
  Optional<Taken> already(String meshId, String pubkey) {
    return existing(database.dsl(), meshId, pubkey).filter(Existing::present).map(Existing::taken);
  }

  private Taken again(DSLContext dsl, InviteRow invite, Newcomer newcomer, Instant now) {
    Existing before =
        existing(dsl, invite.meshId(), newcomer.pubkey())
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.MEMBER_INSERT_FAILED, "The member could not be stored; try again"));
    if (before.present()) {
      return before.taken();
    }
    dsl.update(MEMBER)
        .set(profile(invite, newcomer))
        .setNull(MEMBER.REVOKED_AT)
        .setNull(MEMBER.REVOKED_BY)
        .set(MEMBER.JOINED_AT, now)
        .where(MEMBER.ID.eq(before.id()))
        .execute();
    // What they may do is what the invite makes of them, not what they could do before they left.
    dsl.deleteFrom(PERMISSION).where(PERMISSION.MEMBER_ID.eq(before.id())).execute();
    use(dsl, invite, now);
    seal(dsl, invite.meshId(), before.id(), newcomer, now);
    return new Taken(before.id(), newcomer.displayName(), newcomer.role(), false);
  }

  private static boolean insert(DSLContext dsl, InviteRow invite, Newcomer newcomer, Instant now) {
    return dsl.insertInto(MEMBER)
            .set(profile(invite, newcomer))
            .set(MEMBER.ID, newcomer.memberId())
            .set(MEMBER.MESH_ID, invite.meshId())
            .set(MEMBER.PEER_PUBKEY, newcomer.pubkey())
            .set(MEMBER.JOINED_AT, now)
            .onConflict(MEMBER.MESH_ID, MEMBER.PEER_PUBKEY)
            .doNothing()
            .execute()
        == 1;
  }

  private static Map<Field<?>, Object> profile(InviteRow invite, Newcomer newcomer) {
    return Map.of(
        MEMBER.DISPLAY_NAME, newcomer.displayName(),
        MEMBER.ROLE, newcomer.role(),
        MEMBER.ROLE_TAG,
            newcomer
                .roleTag()
                .<Object>map(tag -> tag)
                .orElseGet(() -> DSL.castNull(MEMBER.ROLE_TAG)),
        MEMBER.DEFAULT_GROUPS, JSONB.valueOf(Wire.mapper().writeValueAsString(newcomer.groups())),
        MEMBER.MESSAGE_MODE, newcomer.messageMode(),
        MEMBER.INVITE_ID, invite.id(),
        MEMBER.CLAIM,
            newcomer
                .proof()
                .<Object>map(proof -> JSONB.valueOf(Wire.mapper().writeValueAsString(proof)))
                .orElseGet(() -> DSL.castNull(MEMBER.CLAIM)));
  }

  private static void use(DSLContext dsl, InviteRow invite, Instant now) {
    int used =
        dsl.update(INVITE)
            .set(INVITE.USED_COUNT, INVITE.USED_COUNT.plus(1))
            .where(INVITE.ID.eq(invite.id()))
            .and(INVITE.USED_COUNT.lt(INVITE.MAX_USES))
            .and(INVITE.REVOKED_AT.isNull())
            .and(INVITE.EXPIRES_AT.gt(now))
            .execute();
    if (used == 0) {
      throw InviteRules.exhausted();
    }
  }

  private static void seal(
      DSLContext dsl, String meshId, String memberId, Newcomer newcomer, Instant now) {
    newcomer
        .key()
        .ifPresent(key ->
            dsl.insertInto(EPOCH_KEY)
                .set(EPOCH_KEY.MESH_ID, meshId)
                .set(EPOCH_KEY.EPOCH, key.epoch())
                .set(EPOCH_KEY.MEMBER_ID, memberId)
                .set(EPOCH_KEY.SEALED_KEY, key.sealedKey())
                .set(EPOCH_KEY.SEALED_BY, key.sealedBy())
                .set(EPOCH_KEY.SIGNATURE, key.signature())
                .set(EPOCH_KEY.SEALED_AT, now)
                .onConflictDoNothing()
                .execute());
  }

  private record Existing(String id, String displayName, String role, boolean present) {
    Taken taken() {
      return new Taken(id, displayName, role, true);
    }
  }

  private static Optional<Existing> existing(DSLContext dsl, String meshId, String pubkey) {
    return dsl.select(
            MEMBER.ID, MEMBER.DISPLAY_NAME, MEMBER.ROLE, MEMBER.REVOKED_AT, MEMBER.REVOKED_BY)
        .from(MEMBER)
        .where(MEMBER.MESH_ID.eq(meshId))
        .and(MEMBER.PEER_PUBKEY.eq(pubkey))
        .fetchOptional(row -> {
          boolean revoked = row.value4() != null;
          if (revoked && !row.value1().equals(row.value5())) {
            throw new Problem(
                ProblemCode.REVOKED,
                "You were removed from this mesh; ask an admin to take you back");
          }
          return new Existing(row.value1(), row.value2(), row.value3(), !revoked);
        });
  }
}
