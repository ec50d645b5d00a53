package dev.claudemesh.broker.kernel;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static dev.claudemesh.db.jooq.Tables.PERMISSION;

import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectConditionStep;
import org.jooq.impl.DSL;

/// Who belongs to which mesh and what they may do: read at a hello, for each signed call, and
/// whenever an admin changed a member.
///
/// Members of archived meshes are never found. Removed members are, marked so, because they are
/// told that they were removed.
public final class MembershipStore {
  /// Whoever made the mesh: holds the owner's key, or in a mesh of an old client belongs to the
  /// owner's account.
  private static final Field<Boolean> OWNER =
      DSL.field(
              MEMBER
                  .PEER_PUBKEY
                  .eq(MESH.OWNER_PUBKEY)
                  .or(
                      MESH.OWNER_USER_ID
                          .isNotNull()
                          .and(MESH.OWNER_USER_ID.eq(DSL.coalesce(MEMBER.USER_ID, "")))))
          .as("is_owner");

  private final Database database;

  /// A member as the broker last knew them.
  ///
  /// @param revoked whether they were removed, by an admin or by themselves
  /// @param banned whether it was an admin who did
  public record Membership(Member member, boolean revoked, boolean banned) {}

  public MembershipStore(Database database) {
    this.database = database;
  }

  public Optional<Membership> byKey(String meshId, PublicKey key) {
    return one(MEMBER.MESH_ID.eq(meshId).and(MEMBER.PEER_PUBKEY.eq(key.hex())));
  }

  public Optional<Membership> byId(String meshId, String memberId) {
    return one(MEMBER.MESH_ID.eq(meshId).and(MEMBER.ID.eq(memberId)));
  }

  /// The member with this key in the mesh with this id or, where no mesh has that id, this slug.
  public Optional<Membership> byKeyIn(String meshIdOrSlug, PublicKey key) {
    return in(meshIdOrSlug, MEMBER.PEER_PUBKEY.eq(key.hex()));
  }

  /// As old clients name themselves, without proof.
  public Optional<Membership> byIdIn(String meshIdOrSlug, String memberId) {
    return in(meshIdOrSlug, MEMBER.ID.eq(memberId));
  }

  /// As old clients name themselves, without proof.
  public Optional<Membership> byUserIn(String meshIdOrSlug, String userId) {
    return in(meshIdOrSlug, MEMBER.USER_ID.eq(userId));
  }

  /// Id and slug of a mesh that is not archived.
  public Optional<MeshName> mesh(String meshIdOrSlug) {
    return database
        .dsl()
        .select(MESH.ID, MESH.SLUG)
        .from(MESH)
        .where(MESH.ARCHIVED_AT.isNull())
        .and(MESH.ID.eq(meshIdOrSlug).or(MESH.SLUG.eq(meshIdOrSlug)))
        .orderBy(DSL.when(MESH.ID.eq(meshIdOrSlug), 0).otherwise(1))
        .limit(1)
        .fetchOptional(row -> new MeshName(row.value1(), row.value2()));
  }

  /// How a mesh is named in calls.
  public record MeshName(String id, String slug) {}

  /// Every membership of a key that was not ended, the newest first.
  public List<Member> ofKey(PublicKey key, int most) {
    return query()
        .and(MEMBER.PEER_PUBKEY.eq(key.hex()))
        .and(MEMBER.REVOKED_AT.isNull())
        .orderBy(MEMBER.JOINED_AT.desc(), MEMBER.ID)
        .limit(most)
        .fetch(row -> membership(row).member());
  }

  /// All present members of a mesh, in the order they came.
  public List<Member> ofMesh(String meshId) {
    return query()
        .and(MEMBER.MESH_ID.eq(meshId))
        .and(MEMBER.REVOKED_AT.isNull())
        .orderBy(MEMBER.JOINED_AT, MEMBER.ID)
        .fetch(row -> membership(row).member());
  }

  private Optional<Membership> one(Condition condition) {
    return query().and(condition).fetchOptional(MembershipStore::membership);
  }

  private Optional<Membership> in(String meshIdOrSlug, Condition who) {
    return query()
        .and(MESH.ID.eq(meshIdOrSlug).or(MESH.SLUG.eq(meshIdOrSlug)))
        .and(who)
        .orderBy(DSL.when(MESH.ID.eq(meshIdOrSlug), 0).otherwise(1), MEMBER.JOINED_AT)
        .limit(1)
        .fetchOptional(MembershipStore::membership);
  }

  private SelectConditionStep<Record> query() {
    return database
        .dsl()
        .select(
            MEMBER.ID,
            MEMBER.MESH_ID,
            MEMBER.PEER_PUBKEY,
            MEMBER.DISPLAY_NAME,
            MEMBER.ROLE,
            MEMBER.REVOKED_AT,
            MEMBER.REVOKED_BY)
        .select(MEMBER.PEER_GRANTS, MESH.SLUG, OWNER)
        .select(PERMISSION.fields())
        .from(MEMBER)
        .join(MESH)
        .on(MESH.ID.eq(MEMBER.MESH_ID))
        .leftJoin(PERMISSION)
        .on(PERMISSION.MEMBER_ID.eq(MEMBER.ID))
        .where(MESH.ARCHIVED_AT.isNull());
  }

  private static Membership membership(Record row) {
    boolean owner = row.get(OWNER);
    boolean admin = owner || row.get(MEMBER.ROLE).equals("admin");
    String id = row.get(MEMBER.ID);
    Member member =
        new Member(
            id,
            row.get(MEMBER.MESH_ID),
            row.get(MESH.SLUG),
            new PublicKey(row.get(MEMBER.PEER_PUBKEY)),
            row.get(MEMBER.DISPLAY_NAME),
            admin,
            owner,
            permissions(row, owner, admin),
            StoredJson.grants(row.get(MEMBER.PEER_GRANTS).data()));
    boolean revoked = row.get(MEMBER.REVOKED_AT) != null;
    return new Membership(member, revoked, revoked && !id.equals(row.get(MEMBER.REVOKED_BY)));
  }

  /// The owner may do everything whatever a row says, so that nobody can lock the owner out.
  private static Permissions permissions(Record row, boolean owner, boolean admin) {
    if (owner || row.get(PERMISSION.CAN_SEND) == null) {
      return Permissions.defaults(owner, admin);
    }
    return new Permissions(
        row.get(PERMISSION.CAN_INVITE),
        row.get(PERMISSION.CAN_DEPLOY_MCP),
        row.get(PERMISSION.CAN_MANAGE_FILES),
        row.get(PERMISSION.CAN_MANAGE_VAULT),
        row.get(PERMISSION.CAN_MANAGE_WATCHES),
        row.get(PERMISSION.CAN_MANAGE_WEBHOOKS),
        row.get(PERMISSION.CAN_WRITE_STATE),
        row.get(PERMISSION.CAN_SEND),
        row.get(PERMISSION.CAN_USE_TOOLS),
        row.get(PERMISSION.CAN_DELETE_MESH),
        row.get(PERMISSION.CAN_MANAGE_PERMISSIONS));
  }
}
