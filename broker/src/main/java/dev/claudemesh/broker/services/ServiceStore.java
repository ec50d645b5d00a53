package dev.claudemesh.broker.services;

import static dev.claudemesh.db.jooq.Tables.HOSTED_SERVER;
import static dev.claudemesh.db.jooq.Tables.MESH;

import dev.claudemesh.broker.kernel.StoredJson;
import dev.claudemesh.broker.services.HostedServer.Host;
import dev.claudemesh.db.Database;
import dev.claudemesh.db.jooq.tables.records.HostedServerRecord;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jooq.DSLContext;
import org.jooq.JSONB;
import org.jooq.impl.DSL;
import tools.jackson.core.type.TypeReference;

/// Who lends what, on disk.
final class ServiceStore {
  private static final TypeReference<List<ToolOffer>> TOOLS = new TypeReference<>() {};

  private final Database database;

  ServiceStore(Database database) {
    this.database = database;
  }

  /// What became of a registration.
  sealed interface Put {
    /// It stands; before is what the member had under that name.
    record Stored(Optional<HostedServer> before) implements Put {}

    /// The name is another member's.
    record Taken() implements Put {}

    /// The mesh has as many as it may.
    record Full() implements Put {}
  }

  /// Registers, or replaces what the same member registered by that name.
  ///
  /// @param limit servers of one mesh
  Put put(HostedServer server, int limit) {
    return database.transaction(dsl -> {
      // one registration of a mesh at a time: they are counted
      dsl.select(MESH.ID).from(MESH).where(MESH.ID.eq(server.meshId())).forNoKeyUpdate().fetch();
      Optional<HostedServer> before = find(dsl, server.meshId(), server.name());
      if (before.filter(known -> !known.memberId().equals(server.memberId())).isPresent()) {
        return new Put.Taken();
      }
      int count = dsl.fetchCount(HOSTED_SERVER, HOSTED_SERVER.MESH_ID.eq(server.meshId()));
      if (before.isEmpty() && count >= limit) {
        return new Put.Full();
      }
      HostedServerRecord row = dsl.newRecord(HOSTED_SERVER);
      row.setMeshId(server.meshId());
      row.setName(server.name());
      row.setMemberId(server.memberId());
      row.setDescription(server.description());
      row.setTools(JSONB.valueOf(StoredJson.of(server.tools())));
      row.setPersistent(server.persistent());
      row.setBoxed(server.boxed());
      row.setRegisteredAt(server.registeredAt());
      host(row, server.host());
      row.setOfflineSince(null);
      dsl.insertInto(HOSTED_SERVER)
          .set(row)
          .onConflict(HOSTED_SERVER.MESH_ID, HOSTED_SERVER.NAME)
          .doUpdate()
          .set(row)
          .execute();
      return new Put.Stored(before);
    });
  }

  Optional<HostedServer> find(String meshId, String name) {
    return find(database.dsl(), meshId, name);
  }

  private static Optional<HostedServer> find(DSLContext dsl, String meshId, String name) {
    return dsl.selectFrom(HOSTED_SERVER)
        .where(HOSTED_SERVER.MESH_ID.eq(meshId).and(HOSTED_SERVER.NAME.eq(name)))
        .fetchOptional(ServiceStore::server);
  }

  /// All of a mesh, by name.
  List<HostedServer> ofMesh(String meshId) {
    return database
        .dsl()
        .selectFrom(HOSTED_SERVER)
        .where(HOSTED_SERVER.MESH_ID.eq(meshId))
        .orderBy(HOSTED_SERVER.NAME)
        .fetch(ServiceStore::server);
  }

  /// Takes exactly this registration off: not one that replaced it meanwhile.
  ///
  /// @return false if it is no more
  boolean remove(HostedServer server) {
    return database
            .dsl()
            .deleteFrom(HOSTED_SERVER)
            .where(HOSTED_SERVER.MESH_ID.eq(server.meshId()))
            .and(HOSTED_SERVER.NAME.eq(server.name()))
            .and(HOSTED_SERVER.MEMBER_ID.eq(server.memberId()))
            .and(HOSTED_SERVER.REGISTERED_AT.eq(server.registeredAt()))
            .execute()
        == 1;
  }

  /// Takes off all that a member lends.
  List<HostedServer> removeOf(String meshId, String memberId) {
    return database
        .dsl()
        .deleteFrom(HOSTED_SERVER)
        .where(HOSTED_SERVER.MESH_ID.eq(meshId).and(HOSTED_SERVER.MEMBER_ID.eq(memberId)))
        .returning()
        .fetch(ServiceStore::server);
  }

  /// A host's presence ended: what is not persistent ends with it, the rest is offline.
  ///
  /// @return what ended
  List<HostedServer> hostLeft(String presenceId, Instant now) {
    return database.transaction(dsl -> {
      dsl.update(HOSTED_SERVER)
          .set(HOSTED_SERVER.OFFLINE_SINCE, now)
          .where(HOSTED_SERVER.HOST_PRESENCE.eq(presenceId))
          .and(HOSTED_SERVER.PERSISTENT)
          .and(HOSTED_SERVER.OFFLINE_SINCE.isNull())
          .execute();
      return dsl.deleteFrom(HOSTED_SERVER)
          .where(HOSTED_SERVER.HOST_PRESENCE.eq(presenceId))
          .and(DSL.not(HOSTED_SERVER.PERSISTENT))
          .returning()
          .fetch(ServiceStore::server);
    });
  }

  /// A session of a member came: it hosts from now on what comes home to it.
  ///
  /// @param comesHome which of the member's servers do
  /// @return those that were offline, as they are now
  List<HostedServer> hostHere(
      String meshId, String memberId, Host host, Predicate<HostedServer> comesHome) {
    return database.transaction(dsl -> {
      List<HostedServer> restored = new ArrayList<>();
      for (HostedServerRecord row :
          dsl.selectFrom(HOSTED_SERVER)
              .where(HOSTED_SERVER.MESH_ID.eq(meshId).and(HOSTED_SERVER.MEMBER_ID.eq(memberId)))
              .orderBy(HOSTED_SERVER.NAME)
              .forUpdate()
              .fetch()) {
        HostedServer before = server(row);
        boolean changes = !before.host().equals(host) || before.offlineSince().isPresent();
        if (changes && comesHome.test(before)) {
          host(row, host);
          row.setOfflineSince(null);
          row.update();
          before.offlineSince().ifPresent(since -> restored.add(before.at(host)));
        }
      }
      return restored;
    });
  }

  /// Presences that are said to host something now.
  Set<String> hosts() {
    return database
        .dsl()
        .selectDistinct(HOSTED_SERVER.HOST_PRESENCE)
        .from(HOSTED_SERVER)
        .where(HOSTED_SERVER.OFFLINE_SINCE.isNull())
        .fetchSet(HOSTED_SERVER.HOST_PRESENCE);
  }

  /// Members who lend anything.
  Set<String> members() {
    return database
        .dsl()
        .selectDistinct(HOSTED_SERVER.MEMBER_ID)
        .from(HOSTED_SERVER)
        .fetchSet(HOSTED_SERVER.MEMBER_ID);
  }

  private static void host(HostedServerRecord row, Host host) {
    row.setHostName(host.name());
    row.setHostAddress(host.address());
    row.setHostPresence(host.presenceId());
  }

  private static HostedServer server(HostedServerRecord row) {
    return new HostedServer(
        row.getMeshId(),
        row.getName(),
        row.getMemberId(),
        row.getDescription(),
        Wire.mapper().readValue(row.getTools().data(), TOOLS),
        row.getPersistent(),
        row.getBoxed(),
        new Host(row.getHostName(), row.getHostAddress(), row.getHostPresence()),
        row.getRegisteredAt(),
        Optional.ofNullable(row.getOfflineSince()));
  }
}
