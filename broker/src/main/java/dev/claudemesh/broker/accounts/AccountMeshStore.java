package dev.claudemesh.broker.accounts;

import static dev.claudemesh.db.jooq.Tables.ACCOUNT_MEMBER;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;

import dev.claudemesh.broker.accounts.AccountStore.Trace;
import dev.claudemesh.broker.kernel.AccountCalls.MemberId;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/// Rows of `account_member`: members of meshes that are there, and were not removed.
final class AccountMeshStore {
  private static final Condition PRESENT =
      MEMBER.REVOKED_AT.isNull().and(MESH.ARCHIVED_AT.isNull());

  private final Database database;

  AccountMeshStore(Database database) {
    this.database = database;
  }

  /// A membership of an account.
  record Linked(
      String meshId,
      String slug,
      String name,
      String role,
      boolean owner,
      int members,
      Instant joinedAt,
      String memberId,
      String pubkey,
      String displayName,
      Instant linkedAt) {}

  /// Ties a member to an account, and takes them off another one.
  ///
  /// @return false beyond `most` of the account; one that was tied to it before stays so
  boolean link(String accountId, Member member, int most, Instant now, String address) {
    return database.transaction(dsl -> {
      AccountStore.lock(dsl, accountId);
      Condition mine = ACCOUNT_MEMBER.ACCOUNT_ID.eq(accountId);
      Condition same =
          ACCOUNT_MEMBER.MESH_ID.eq(member.meshId()).and(ACCOUNT_MEMBER.MEMBER_ID.eq(member.id()));
      if (dsl.fetchExists(ACCOUNT_MEMBER, mine.and(same))) {
        return true;
      }
      if (dsl.fetchCount(ACCOUNT_MEMBER, mine) >= most) {
        return false;
      }
      dsl.insertInto(ACCOUNT_MEMBER)
          .set(ACCOUNT_MEMBER.MESH_ID, member.meshId())
          .set(ACCOUNT_MEMBER.MEMBER_ID, member.id())
          .set(ACCOUNT_MEMBER.ACCOUNT_ID, accountId)
          .set(ACCOUNT_MEMBER.LINKED_AT, now)
          .onConflict(ACCOUNT_MEMBER.MESH_ID, ACCOUNT_MEMBER.MEMBER_ID)
          .doUpdate()
          .set(ACCOUNT_MEMBER.ACCOUNT_ID, accountId)
          .set(ACCOUNT_MEMBER.LINKED_AT, now)
          .execute();
      AccountStore.noteMesh(dsl, accountId, member.meshId(), new Trace("linked", address), now);
      return true;
    });
  }

  /// Takes a mesh off an account, with all keys it has there.
  ///
  /// @return whether it was on it
  boolean unlink(String accountId, String meshId, Instant now, String address) {
    return database.transaction(dsl -> {
      int gone =
          dsl.deleteFrom(ACCOUNT_MEMBER)
              .where(ACCOUNT_MEMBER.ACCOUNT_ID.eq(accountId))
              .and(ACCOUNT_MEMBER.MESH_ID.eq(meshId))
              .execute();
      if (gone > 0) {
        AccountStore.noteMesh(dsl, accountId, meshId, new Trace("unlinked", address), now);
      }
      return gone > 0;
    });
  }

  /// Memberships of an account, the newest first.
  List<Linked> of(String accountId, int most) {
    var other = MEMBER.as("other");
    Field<Integer> members =
        DSL.field(
            DSL.selectCount()
                .from(other)
                .where(other.MESH_ID.eq(MESH.ID))
                .and(other.REVOKED_AT.isNull()));
    return database
        .dsl()
        .select(MESH.ID, MESH.SLUG, MESH.NAME, MESH.OWNER_PUBKEY, members)
        .select(MEMBER.ID, MEMBER.ROLE, MEMBER.JOINED_AT, MEMBER.PEER_PUBKEY, MEMBER.DISPLAY_NAME)
        .select(ACCOUNT_MEMBER.LINKED_AT)
        .from(ACCOUNT_MEMBER)
        .join(MEMBER)
        .on(MEMBER.ID.eq(ACCOUNT_MEMBER.MEMBER_ID))
        .join(MESH)
        .on(MESH.ID.eq(ACCOUNT_MEMBER.MESH_ID))
        .where(ACCOUNT_MEMBER.ACCOUNT_ID.eq(accountId))
        .and(PRESENT)
        .orderBy(MEMBER.JOINED_AT.desc(), MEMBER.ID)
        .limit(most)
        .fetch(row ->
            new Linked(
                row.get(MESH.ID),
                row.get(MESH.SLUG),
                row.get(MESH.NAME),
                row.get(MEMBER.ROLE),
                row.get(MEMBER.PEER_PUBKEY).equals(row.get(MESH.OWNER_PUBKEY)),
                row.get(members),
                row.get(MEMBER.JOINED_AT),
                row.get(MEMBER.ID),
                row.get(MEMBER.PEER_PUBKEY),
                row.get(MEMBER.DISPLAY_NAME),
                row.get(ACCOUNT_MEMBER.LINKED_AT)));
  }

  /// As whom an account acts in a mesh: the key that signed the call, else the owner's, else an
  /// admin's, else the one that is there longest.
  Optional<MemberId> member(String accountId, String mesh, Optional<PublicKey> signer) {
    return database
        .dsl()
        .select(MEMBER.MESH_ID, MEMBER.ID)
        .from(ACCOUNT_MEMBER)
        .join(MEMBER)
        .on(MEMBER.ID.eq(ACCOUNT_MEMBER.MEMBER_ID))
        .join(MESH)
        .on(MESH.ID.eq(ACCOUNT_MEMBER.MESH_ID))
        .where(ACCOUNT_MEMBER.ACCOUNT_ID.eq(accountId))
        .and(MESH.ID.eq(mesh).or(MESH.SLUG.eq(mesh)))
        .and(PRESENT)
        .orderBy(
            first(MESH.ID.eq(mesh)),
            first(MEMBER.PEER_PUBKEY.eq(signer.map(PublicKey::hex).orElse(""))),
            first(MEMBER.PEER_PUBKEY.eq(MESH.OWNER_PUBKEY)),
            first(MEMBER.ROLE.eq("admin")),
            MEMBER.JOINED_AT,
            MEMBER.ID)
        .limit(1)
        .fetchOptional(row -> new MemberId(row.value1(), row.value2()));
  }

  private static Field<Integer> first(Condition which) {
    return DSL.when(which, 0).otherwise(1);
  }
}
