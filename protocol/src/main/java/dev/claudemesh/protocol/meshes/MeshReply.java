package dev.claudemesh.protocol.meshes;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the broker answers about meshes.
public sealed interface MeshReply extends Reply {

  /// A mesh was made.
  @Frame(type = "mesh_created", summary = "A mesh was made")
  record Created(
      String id,
      String slug,
      String name,
      @JsonProperty("member_id") String memberId,
      @JsonProperty("broker_url") Optional<String> brokerUrl)
      implements MeshReply {}

  /// Meshes of one key.
  @Frame(type = "meshes", summary = "Meshes a key is a member of")
  record Meshes(List<Mesh> meshes) implements MeshReply {}

  /// One mesh, as its member sees it.
  record Mesh(
      String id,
      String slug,
      String name,
      String role,
      @JsonProperty("is_owner") boolean owner,
      @JsonProperty("member_count") int memberCount,
      @JsonProperty("active_peers") int activePeers,
      @JsonProperty("joined_at") Instant joinedAt,
      @JsonProperty("broker_url") String brokerUrl,
      @JsonProperty("member_id") String memberId) {}

  /// A mesh was renamed.
  @Frame(type = "mesh_renamed", summary = "A mesh was renamed")
  record Renamed(boolean ok, String id, String slug, String name) implements MeshReply {}

  /// A mesh was deleted.
  @Frame(type = "mesh_deleted", summary = "A mesh was deleted")
  record Deleted(boolean ok, @Doc("Slug of the mesh") String deleted) implements MeshReply {}

  /// Done, and nothing more to say.
  @Frame(type = "ok", summary = "Done")
  record Ok(boolean ok) implements MeshReply {}

  /// The mesh at a glance.
  @Frame(type = "mesh_info_result", summary = "The mesh at a glance")
  record InfoResult(
      @Doc("Id of the mesh") String mesh,
      @Doc("How many peers are here") int peers,
      @Doc("Groups of the peers that are here, each with its @") List<String> groups,
      int stateKeys,
      int memoryCount,
      int fileCount,
      Map<String, Integer> tasks,
      List<String> streams,
      List<String> tables,
      List<String> collections,
      String yourName,
      List<String> yourGroups,
      @Doc("Name of the mesh") Optional<String> name,
      Optional<String> slug,
      @Doc("How many members it has") Optional<Integer> members,
      @Doc("Current epoch of the mesh key") Optional<Integer> epoch,
      @Doc("e2e, or compat: group messages of old clients are not encrypted")
          Optional<String> encryption,
      @Doc("members, or broker: the broker knows the mesh key") Optional<String> custody)
      implements MeshReply {}
}
