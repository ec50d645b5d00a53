package dev.claudemesh.broker.invites;

import static dev.claudemesh.db.jooq.Tables.EPOCH_KEY;
import static dev.claudemesh.db.jooq.Tables.INVITE;
import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;

import dev.claudemesh.db.Database;
import dev.claudemesh.db.jooq.tables.records.InviteRecord;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.invites.InviteRequest.Preset;
import dev.claudemesh.protocol.meshes.EpochKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.JSONB;
import org.jooq.Record;

/// Rows of `invite`, and what is read of the mesh they lead into.
final class InviteStore {
  private static final int MOST_KEYS = 100;

  private final Database database;

  InviteStore(Database database) {
    this.database = database;
  }

  /// An open invite with the name of who made it.
  record Open(InviteRow invite, String createdBy) {}

  /// A mesh that is not archived.
  Optional<InviteMesh> mesh(String meshId) {
    return database
        .dsl()
        .select(
            MESH.ID,
            MESH.SLUG,
            MESH.NAME,
            MESH.OWNER_PUBKEY,
            MESH.ENCRYPTION,
            MESH.EPOCH,
            MESH.ROOT_KEY,
            MESH.OWNER_SECRET_KEY)
        .from(MESH)
        .where(MESH.ID.eq(meshId))
        .and(MESH.ARCHIVED_AT.isNull())
        .fetchOptional(row ->
            new InviteMesh(
                row.value1(),
                row.value2(),
                row.value3(),
                row.value4(),
                row.value5(),
                row.value6(),
                row.value7() == null || row.value8() == null
                    ? Optional.empty()
                    : Optional.of(new InviteMesh.Secrets(row.value7(), row.value8()))));
  }

  /// Stores an invite.
  ///
  /// @return false if another one has that id, code or token
  boolean insert(InviteRow invite) {
    return database
            .dsl()
            .insertInto(INVITE)
            .set(INVITE.ID, invite.id())
            .set(INVITE.MESH_ID, invite.meshId())
            .set(INVITE.TOKEN, invite.token().orElse(null))
            .set(INVITE.CODE, invite.code().orElse(null))
            .set(INVITE.VERSION, invite.version())
            .set(INVITE.ROLE, invite.role())
            .set(
                INVITE.PRESET,
                invite
                    .preset()
                    .map(preset -> JSONB.valueOf(Wire.mapper().writeValueAsString(preset)))
                    .orElse(null))
            .set(INVITE.MAX_USES, invite.maxUses())
            .set(INVITE.EXPIRES_AT, invite.expiresAt())
            .set(INVITE.ISSUER_PUBKEY, invite.issuerPubkey())
            .set(INVITE.CANONICAL, invite.canonical().orElse(null))
            .set(INVITE.SIGNATURE, invite.signature().orElse(null))
            .set(INVITE.CREATED_BY, invite.createdBy().orElse(null))
            .set(INVITE.CREATED_AT, invite.createdAt())
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  Optional<InviteRow> byId(String id) {
    return one(INVITE.ID.eq(id));
  }

  Optional<InviteRow> byCode(String code) {
    return one(INVITE.CODE.eq(code));
  }

  Optional<InviteRow> byToken(String token) {
    return one(INVITE.TOKEN.eq(token));
  }

  /// Invites that can still be taken, the newest first.
  List<Open> open(String meshId, Instant now) {
    return database
        .dsl()
        .select(INVITE.fields())
        .select(MEMBER.DISPLAY_NAME)
        .from(INVITE)
        .leftJoin(MEMBER)
        .on(MEMBER.ID.eq(INVITE.CREATED_BY))
        .where(openNow(meshId, now))
        .orderBy(INVITE.CREATED_AT.desc(), INVITE.ID)
        .limit(InviteRules.MOST_OPEN)
        .fetch(row -> new Open(invite(row.into(INVITE)), name(row)));
  }

  int openCount(String meshId, Instant now) {
    return database.dsl().fetchCount(INVITE, openNow(meshId, now));
  }

  /// Withdraws an invite, by code or id.
  ///
  /// @return false if the mesh has no such invite; one that was withdrawn before is withdrawn
  boolean revoke(String meshId, String codeOrId, Instant now) {
    Condition which =
        INVITE.MESH_ID.eq(meshId).and(INVITE.CODE.eq(codeOrId).or(INVITE.ID.eq(codeOrId)));
    int revoked =
        database
            .dsl()
            .update(INVITE)
            .set(INVITE.REVOKED_AT, now)
            .where(which)
            .and(INVITE.REVOKED_AT.isNull())
            .execute();
    return revoked > 0 || database.dsl().fetchExists(INVITE, which);
  }

  int members(String meshId) {
    return database
        .dsl()
        .fetchCount(MEMBER, MEMBER.MESH_ID.eq(meshId).and(MEMBER.REVOKED_AT.isNull()));
  }

  /// Name of a member, for the preview.
  Optional<String> memberName(String memberId) {
    return database
        .dsl()
        .select(MEMBER.DISPLAY_NAME)
        .from(MEMBER)
        .where(MEMBER.ID.eq(memberId))
        .fetchOptional(MEMBER.DISPLAY_NAME);
  }

  /// The mesh keys that are already sealed to a member.
  List<EpochKey> keys(String meshId, String memberId) {
    return database
        .dsl()
        .select(EPOCH_KEY.EPOCH, EPOCH_KEY.SEALED_KEY, EPOCH_KEY.SEALED_BY, EPOCH_KEY.SIGNATURE)
        .from(EPOCH_KEY)
        .where(EPOCH_KEY.MESH_ID.eq(meshId))
        .and(EPOCH_KEY.MEMBER_ID.eq(memberId))
        .and(EPOCH_KEY.SIGNATURE.isNotNull())
        .orderBy(EPOCH_KEY.EPOCH.desc())
        .limit(MOST_KEYS)
        .fetch(row -> new EpochKey(row.value1(), row.value2(), row.value3(), row.value4()));
  }

  private Optional<InviteRow> one(Condition which) {
    return database.dsl().selectFrom(INVITE).where(which).fetchOptional(InviteStore::invite);
  }

  private static Condition openNow(String meshId, Instant now) {
    return INVITE
        .MESH_ID
        .eq(meshId)
        .and(INVITE.REVOKED_AT.isNull())
        .and(INVITE.EXPIRES_AT.gt(now))
        .and(INVITE.USED_COUNT.lt(INVITE.MAX_USES));
  }

  private static String name(Record row) {
    return Optional.ofNullable(row.get(MEMBER.DISPLAY_NAME)).orElse("");
  }

  private static InviteRow invite(InviteRecord row) {
    return new InviteRow(
        row.getId(),
        row.getMeshId(),
        Optional.ofNullable(row.getToken()),
        Optional.ofNullable(row.getCode()),
        row.getVersion(),
        row.getRole(),
        Optional.ofNullable(row.getPreset())
            .map(preset -> Wire.mapper().readValue(preset.data(), Preset.class)),
        row.getMaxUses(),
        row.getUsedCount(),
        row.getExpiresAt(),
        row.getIssuerPubkey(),
        Optional.ofNullable(row.getCanonical()),
        Optional.ofNullable(row.getSignature()),
        Optional.ofNullable(row.getCreatedBy()),
        row.getCreatedAt(),
        row.getRevokedAt() != null);
  }
}
