package dev.claudemesh.broker.kernel;

import static dev.claudemesh.db.jooq.Tables.MEMBER;
import static dev.claudemesh.db.jooq.Tables.MESH;
import static dev.claudemesh.db.jooq.Tables.PRESENCE;

import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jooq.JSONB;

/// A mesh in the database, for tests of a room that needs one but does not make one.
public record MeshFixture(Database database, String id, SecretKey owner) {
  private static final Instant CREATED = Instant.parse("2026-11-01T00:00:00Z");

  /// A member in the database.
  public record Somebody(String id, String meshId, SecretKey key, String name) {}

  public static MeshFixture create(Database database) {
    MeshFixture mesh = new MeshFixture(database, Ids.next(), Keys.generate());
    database
        .dsl()
        .insertInto(MESH)
        .set(MESH.ID, mesh.id)
        .set(MESH.SLUG, "mesh-" + mesh.id.toLowerCase(Locale.ROOT))
        .set(MESH.NAME, "Mesh")
        .set(MESH.OWNER_PUBKEY, mesh.owner.publicKey().hex())
        .set(MESH.CREATED_AT, CREATED)
        .execute();
    return mesh;
  }

  public Somebody member(String name) {
    return member(name, Keys.generate(), "[]");
  }

  public Somebody member(String name, SecretKey key, String defaultGroups) {
    Somebody somebody = new Somebody(Ids.next(), id, key, name);
    database
        .dsl()
        .insertInto(MEMBER)
        .set(MEMBER.ID, somebody.id)
        .set(MEMBER.MESH_ID, id)
        .set(MEMBER.PEER_PUBKEY, key.publicKey().hex())
        .set(MEMBER.DISPLAY_NAME, name)
        .set(MEMBER.DEFAULT_GROUPS, JSONB.valueOf(defaultGroups))
        .set(MEMBER.JOINED_AT, CREATED)
        .execute();
    return somebody;
  }

  /// A session of somebody that is here, with its row in the database.
  public Peer here(
      Peers peers, Somebody somebody, Peer.Client client, Connection socket, Instant at) {
    PublicKey key = Keys.generate().publicKey();
    Peer.State state =
        new Peer.State(
            Optional.of(socket),
            at.plusSeconds(1_000_000),
            somebody.name,
            Status.IDLE,
            StatusSource.JSONL,
            at,
            Optional.empty(),
            List.of(),
            Profile.EMPTY,
            Map.of(),
            true,
            at,
            at);
    Member member =
        new Member(
            somebody.id,
            somebody.meshId,
            "mesh",
            somebody.key.publicKey(),
            somebody.name,
            false,
            false,
            Permissions.MEMBER);
    Peer peer =
        new Peer(Ids.next(), member, key, Optional.of(key), Purpose.SESSION, client, at, state);
    database
        .dsl()
        .insertInto(PRESENCE)
        .set(PRESENCE.ID, peer.presenceId())
        .set(PRESENCE.MESH_ID, id)
        .set(PRESENCE.MEMBER_ID, somebody.id)
        .set(PRESENCE.SESSION_PUBKEY, key.hex())
        .set(PRESENCE.ADDRESS, key.hex())
        .set(PRESENCE.SESSION_ID, client.sessionId())
        .set(PRESENCE.STATUS_UPDATED_AT, at)
        .set(PRESENCE.CONNECTED_AT, at)
        .set(PRESENCE.LEASE_UNTIL, at.plusSeconds(1_000_000))
        .execute();
    socket.bind(peer);
    peers.put(peer);
    return peer;
  }

  public void revoke(Somebody somebody, Instant at) {
    database
        .dsl()
        .update(MEMBER)
        .set(MEMBER.REVOKED_AT, at)
        .where(MEMBER.ID.eq(somebody.id))
        .execute();
  }

  public void rename(Somebody somebody, String name) {
    database
        .dsl()
        .update(MEMBER)
        .set(MEMBER.DISPLAY_NAME, name)
        .where(MEMBER.ID.eq(somebody.id))
        .execute();
  }

  public void archive(Instant at) {
    database.dsl().update(MESH).set(MESH.ARCHIVED_AT, at).where(MESH.ID.eq(id)).execute();
  }
}
