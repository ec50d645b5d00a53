package dev.claudemesh.broker.meshes;

import static dev.claudemesh.db.jooq.Tables.EPOCH_KEY;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;

import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.ConnectionReply.SelfEditable;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.meshes.EpochKey;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.impl.DSL;

/// Rows of `mesh`, and the first member of each.
final class MeshStore {
  /// Meshes that one list names, the newest first.
  static final int MOST_LISTED = 1_000;

  private static final int TRIES = 5;

  private final Database database;

  MeshStore(Database database) {
    this.database = database;
  }

  /// What a mesh is called and how it keeps its keys.
  record MeshRow(
      String id, String slug, String name, String custody, String encryption, int epoch) {}

  /// A mesh as one of its members lists it.
  record Listed(
      String id,
      String slug,
      String name,
      String role,
      boolean owner,
      int members,
      Instant joinedAt,
      String memberId) {}

  /// A mesh as it was stored.
  record Stored(String id, String slug, String name, String memberId) {}

  /// Stores a mesh with its owner and first key; the slug gets a number if it is taken.
  ///
  /// @return empty if there is a mesh with that id
  Optional<Stored> insert(NewMesh mesh, Instant now) {
    return database.transaction(dsl -> {
      oneAtATime(dsl, mesh.slug());
      for (int i = 0; i < TRIES; i++) {
        String slug = MeshRules.freeSlug(mesh.slug(), slugsLike(dsl, mesh.slug()));
        if (insertMesh(dsl, mesh, slug, now)) {
          insertOwner(dsl, mesh, now);
          mesh.key().ifPresent(key -> insertKey(dsl, mesh, key, now));
          return Optional.of(new Stored(mesh.id(), slug, mesh.name(), mesh.owner().memberId()));
        }
        if (dsl.fetchExists(MESH, MESH.ID.eq(mesh.id()))) {
          return Optional.empty();
        }
      }
      throw new Problem(
          ProblemCode.BUSY, "Many meshes of that name are being made right now; try again");
    });
  }

  /// A mesh that its owner made before under the same id: the first answer was lost on its way.
  Optional<Stored> made(String meshId, PublicKey owner) {
    return database
        .dsl()
        .select(MESH.ID, MESH.SLUG, MESH.NAME, MEMBER.ID)
        .from(MESH)
        .join(MEMBER)
        .on(MEMBER.MESH_ID.eq(MESH.ID))
        .where(MESH.ID.eq(meshId))
        .and(MESH.ARCHIVED_AT.isNull())
        .and(MESH.OWNER_PUBKEY.eq(owner.hex()))
        .and(MEMBER.PEER_PUBKEY.eq(owner.hex()))
        .fetchOptional(row -> new Stored(row.value1(), row.value2(), row.value3(), row.value4()));
  }

  int ownedBy(PublicKey owner) {
    return database
        .dsl()
        .fetchCount(MESH, MESH.OWNER_PUBKEY.eq(owner.hex()).and(MESH.ARCHIVED_AT.isNull()));
  }

  int ownedBy(String userId) {
    return database
        .dsl()
        .fetchCount(MESH, MESH.OWNER_USER_ID.eq(userId).and(MESH.ARCHIVED_AT.isNull()));
  }

  Optional<MeshRow> find(String meshId) {
    return database
        .dsl()
        .select(MESH.ID, MESH.SLUG, MESH.NAME, MESH.CUSTODY, MESH.ENCRYPTION, MESH.EPOCH)
        .from(MESH)
        .where(MESH.ID.eq(meshId))
        .and(MESH.ARCHIVED_AT.isNull())
        .fetchOptional(row ->
            new MeshRow(
                row.value1(),
                row.value2(),
                row.value3(),
                row.value4(),
                row.value5(),
                row.value6()));
  }

  int members(String meshId) {
    return database
        .dsl()
        .fetchCount(MEMBER, MEMBER.MESH_ID.eq(meshId).and(MEMBER.REVOKED_AT.isNull()));
  }

  List<Listed> ofKey(PublicKey key) {
    return listed(MEMBER.PEER_PUBKEY.eq(key.hex()));
  }

  List<Listed> ofUser(String userId) {
    return listed(MEMBER.USER_ID.eq(userId));
  }

  /// Renames.
  ///
  /// @return the mesh as it is called now; empty if it was archived meanwhile
  /// @throws Problem `exists` if another mesh has that slug
  Optional<MeshRow> rename(String meshId, String name, Optional<String> slug) {
    return database.transaction(dsl -> {
      if (slug.isPresent()
          && dsl.fetchExists(
              MESH,
              MESH.SLUG.eq(slug.get()).and(MESH.ARCHIVED_AT.isNull()).and(MESH.ID.ne(meshId)))) {
        throw taken(slug.get());
      }
      return dsl.update(MESH)
          .set(MESH.NAME, name)
          .set(MESH.SLUG, slug.<Field<String>>map(DSL::val).orElse(MESH.SLUG))
          .where(MESH.ID.eq(meshId))
          .and(MESH.ARCHIVED_AT.isNull())
          .returning()
          .fetchOptional(row ->
              new MeshRow(
                  row.getId(),
                  row.getSlug(),
                  row.getName(),
                  row.getCustody(),
                  row.getEncryption(),
                  row.getEpoch()));
    });
  }

  /// Archives.
  ///
  /// @return false if it was already
  boolean archive(String meshId, Instant now) {
    return database
            .dsl()
            .update(MESH)
            .set(MESH.ARCHIVED_AT, now)
            .where(MESH.ID.eq(meshId))
            .and(MESH.ARCHIVED_AT.isNull())
            .execute()
        == 1;
  }

  /// Changes what is given.
  void settings(String meshId, Optional<SelfEditable> selfEditable, Optional<String> language) {
    database
        .dsl()
        .update(MESH)
        .set(
            MESH.SELF_EDITABLE,
            selfEditable
                .<Field<JSONB>>map(given -> DSL.val(JSONB.valueOf(StoredJson.of(given))))
                .orElse(MESH.SELF_EDITABLE))
        .set(MESH.LANGUAGE, language.<Field<String>>map(DSL::val).orElse(MESH.LANGUAGE))
        .where(MESH.ID.eq(meshId))
        .execute();
  }

  /// Languages whose words the database knows, by name.
  List<String> languages() {
    return database
        .dsl()
        .fetch(
            "select cfgname::text from pg_catalog.pg_ts_config"
                + " where cfgnamespace = 'pg_catalog'::regnamespace order by 1")
        .getValues(0, String.class);
  }

  static Problem taken(String slug) {
    return new Problem(
        ProblemCode.EXISTS,
        "There is already a mesh with the short name \"" + slug + "\"; choose another");
  }

  private List<Listed> listed(Condition who) {
    var other = MEMBER.as("other");
    Field<Integer> members =
        DSL.field(
            DSL.selectCount()
                .from(other)
                .where(other.MESH_ID.eq(MESH.ID))
                .and(other.REVOKED_AT.isNull()));
    Field<Boolean> owner =
        DSL.field(
            MEMBER
                .PEER_PUBKEY
                .eq(MESH.OWNER_PUBKEY)
                .or(MESH.OWNER_USER_ID.eq(DSL.coalesce(MEMBER.USER_ID, ""))));
    return database
        .dsl()
        .select(
            MESH.ID,
            MESH.SLUG,
            MESH.NAME,
            MEMBER.ROLE,
            DSL.coalesce(owner, false),
            members,
            MEMBER.JOINED_AT,
            MEMBER.ID)
        .from(MEMBER)
        .join(MESH)
        .on(MESH.ID.eq(MEMBER.MESH_ID))
        .where(who)
        .and(MEMBER.REVOKED_AT.isNull())
        .and(MESH.ARCHIVED_AT.isNull())
        .orderBy(MEMBER.JOINED_AT.desc(), MEMBER.ID)
        .limit(MOST_LISTED)
        .fetch(row ->
            new Listed(
                row.value1(),
                row.value2(),
                row.value3(),
                row.value4(),
                row.value5(),
                row.value6(),
                row.value7(),
                row.value8()));
  }

  /// Those who make meshes of one name at once do it one after the other, or each would try the
  /// number the other one takes.
  private static void oneAtATime(DSLContext dsl, String slug) {
    dsl.fetch(
        "select pg_advisory_xact_lock(hashtextextended({0}, 0))", DSL.val("mesh slug " + slug));
  }

  private static Set<String> slugsLike(DSLContext dsl, String slug) {
    return new HashSet<>(
        dsl.select(MESH.SLUG)
            .from(MESH)
            .where(MESH.ARCHIVED_AT.isNull())
            .and(MESH.SLUG.eq(slug).or(MESH.SLUG.likeRegex("^" + slug + "-[0-9]{1,3}$")))
            .fetch(MESH.SLUG));
  }

  private static boolean insertMesh(DSLContext dsl, NewMesh mesh, String slug, Instant now) {
    return dsl.insertInto(MESH)
            .set(MESH.ID, mesh.id())
            .set(MESH.SLUG, slug)
            .set(MESH.NAME, mesh.name())
            .set(MESH.OWNER_PUBKEY, mesh.ownerPubkey())
            .set(MESH.CUSTODY, mesh.custody().isPresent() ? "broker" : "members")
            .set(MESH.ENCRYPTION, mesh.encryption())
            .set(MESH.EPOCH, 1)
            .set(MESH.ROOT_KEY, mesh.custody().map(NewMesh.Custody::rootKey).orElse(null))
            .set(
                MESH.OWNER_SECRET_KEY,
                mesh.custody().map(NewMesh.Custody::ownerSecretKey).orElse(null))
            .set(MESH.OWNER_USER_ID, mesh.custody().map(NewMesh.Custody::userId).orElse(null))
            .set(MESH.CREATED_AT, now)
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  private static void insertOwner(DSLContext dsl, NewMesh mesh, Instant now) {
    dsl.insertInto(MEMBER)
        .set(MEMBER.ID, mesh.owner().memberId())
        .set(MEMBER.MESH_ID, mesh.id())
        .set(MEMBER.PEER_PUBKEY, mesh.owner().pubkey())
        .set(MEMBER.DISPLAY_NAME, mesh.owner().displayName())
        .set(MEMBER.ROLE, "admin")
        .set(MEMBER.USER_ID, mesh.custody().map(NewMesh.Custody::userId).orElse(null))
        .set(MEMBER.JOINED_AT, now)
        .execute();
  }

  private static void insertKey(DSLContext dsl, NewMesh mesh, EpochKey key, Instant now) {
    dsl.insertInto(EPOCH_KEY)
        .set(EPOCH_KEY.MESH_ID, mesh.id())
        .set(EPOCH_KEY.EPOCH, key.epoch())
        .set(EPOCH_KEY.MEMBER_ID, mesh.owner().memberId())
        .set(EPOCH_KEY.SEALED_KEY, key.sealedKey())
        .set(EPOCH_KEY.SEALED_BY, key.sealedBy())
        .set(EPOCH_KEY.SIGNATURE, key.signature())
        .set(EPOCH_KEY.SEALED_AT, now)
        .execute();
  }
}
