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
      @Doc("Id of the mesh") String id,
      @Doc("Its short name") String slug,
      @Doc("Its name") String name,
      @Doc("Id of the owner as a member") @JsonProperty("member_id") String memberId,
      @Doc("Where its members connect") @JsonProperty("broker_url") Optional<String> brokerUrl)
      implements MeshReply {}

  /// Meshes of one key.
  @Frame(type = "meshes", summary = "Meshes a key is a member of")
  record Meshes(@Doc("One entry a mesh") List<Mesh> meshes) implements MeshReply {}

  /// One mesh, as its member sees it.
  record Mesh(
      @Doc("Id of the mesh") String id,
      @Doc("Its short name") String slug,
      @Doc("Its name") String name,
      @Doc("What the member is: admin or member") String role,
      @Doc("Whether the member made it") @JsonProperty("is_owner") boolean owner,
      @Doc("How many members it has") @JsonProperty("member_count") int memberCount,
      @Doc("How many peers are on it now") @JsonProperty("active_peers") int activePeers,
      @Doc("When the member joined it") @JsonProperty("joined_at") Instant joinedAt,
      @Doc("Where its members connect") @JsonProperty("broker_url") String brokerUrl,
      @Doc("Id of the member in it") @JsonProperty("member_id") String memberId) {}

  /// A mesh was renamed.
  @Frame(type = "mesh_renamed", summary = "A mesh was renamed")
  record Renamed(
      @Doc("true") boolean ok,
      @Doc("Id of the mesh") String id,
      @Doc("Its short name now") String slug,
      @Doc("Its name now") String name)
      implements MeshReply {}

  /// A mesh was deleted.
  @Frame(type = "mesh_deleted", summary = "A mesh was deleted")
  record Deleted(@Doc("true") boolean ok, @Doc("Slug of the mesh") String deleted)
      implements MeshReply {}

  /// Done, and nothing more to say.
  @Frame(type = "ok", summary = "Done")
  record Ok(@Doc("true") boolean ok) implements MeshReply {}

  /// The mesh at a glance.
  @Frame(type = "mesh_info_result", summary = "The mesh at a glance")
  record InfoResult(
      @Doc("Id of the mesh") String mesh,
      @Doc("How many peers are here") int peers,
      @Doc("Groups of the peers that are here, each with its @") List<String> groups,
      @Doc("How many keys its shared state has") int stateKeys,
      @Doc("How many things it remembers") int memoryCount,
      @Doc("How many files it shares") int fileCount,
      @Doc("How many tasks are open, claimed and done") Map<String, Integer> tasks,
      @Doc("Names of its streams") List<String> streams,
      @Doc("Names of its database tables") List<String> tables,
      @Doc("Names of its vector collections") List<String> collections,
      @Doc("Name of the caller") String yourName,
      @Doc("Groups of the caller, each with its @") List<String> yourGroups,
      @Doc("Name of the mesh") Optional<String> name,
      @Doc("Short name of the mesh") Optional<String> slug,
      @Doc("How many members it has") Optional<Integer> members,
      @Doc("Current epoch of the mesh key") Optional<Integer> epoch,
      @Doc("e2e, or compat: group messages of old clients are not encrypted")
          Optional<String> encryption,
      @Doc("members, or broker: the broker knows the mesh key") Optional<String> custody)
      implements MeshReply {}
}
