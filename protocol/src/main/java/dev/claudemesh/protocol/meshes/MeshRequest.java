package dev.claudemesh.protocol.meshes;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Hex;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.connection.ConnectionReply.SelfEditable;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.util.List;
import java.util.Optional;

/// Making, describing and ending meshes, and handing out their keys.
public sealed interface MeshRequest<R extends Reply> extends Request<R> {

  /// Makes a mesh. The signer's key is its owner; the mesh key was made by the client and comes
  /// sealed to that key.
  ///
  /// A client of the first protocol (compat mode) sends `user_id` and no keys; its mesh is marked
  /// custody `broker`.
  @Operation(
      type = "create_mesh",
      access = Access.SIGNED,
      socket = false,
      http = "POST /cli/mesh/create",
      summary = "Make a mesh; whoever signs owns it")
  record Create(
      @Doc("Name of the mesh") @Size(value = 80, min = 1) String name,
      @Doc("Short name for links and commands; made from the name if absent") @Size(60)
          Optional<String> slug,
      @Doc("What the mesh is for") @Size(500) Optional<String> description,
      @Doc("What kind of mesh to start with") @Size(50) Optional<String> template,
      @Doc("Name of the owner as a member") @Size(100) @JsonProperty("display_name")
          Optional<String> displayName,
      @Doc("Id of the mesh, made by the client because its signatures name it")
          @Size(value = 64, min = 16)
          @JsonProperty("mesh_id")
          Optional<String> meshId,
      @Doc("Key of the owner, hex; must be the signer's") @Size(64) Optional<String> pubkey,
      @Audited(false) @Doc("The first mesh key, sealed to the owner") @JsonProperty("epoch_key")
          Optional<EpochKey> epochKey,
      @Doc("e2e, or compat to admit clients that cannot encrypt group messages") @Size(10)
          Optional<String> encryption,
      @Audited(false)
          @Doc("Token that allows making meshes, where the broker asks for one")
          @Size(200)
          @JsonProperty("creation_token")
          Optional<String> creationToken,
      @Doc("Account of the owner, for clients of the first protocol")
          @Size(200)
          @JsonProperty("user_id")
          Optional<String> userId)
      implements MeshRequest<MeshReply.Created> {
    @Override
    public String toString() {
      return "Create[name=" + name + "]";
    }
  }

  /// The meshes the signer is a member of.
  @Operation(
      type = "list_meshes",
      access = Access.SIGNED,
      socket = false,
      http = "GET /cli/meshes",
      effect = Effect.READ,
      summary = "List the meshes your key is a member of")
  record ListMine(
      @Doc("Account, for clients of the first protocol") @Size(200) @JsonProperty("user_id")
          Optional<String> userId)
      implements MeshRequest<MeshReply.Meshes> {}

  /// Changes the name. Links and ids keep working.
  @Operation(
      type = "rename_mesh",
      access = Access.ADMIN,
      http = "PATCH /cli/mesh/:mesh",
      effect = Effect.REPEATABLE,
      summary = "Rename the mesh; ids and links keep working")
  record Rename(
      @Doc("The new name") @Size(value = 80, min = 1) String name,
      @Doc("The new short name; unchanged if absent") @Size(60) Optional<String> slug)
      implements MeshRequest<MeshReply.Renamed> {}

  /// Changes the name, for an account whose member may.
  @Operation(
      type = "rename_account_mesh",
      access = Access.ACCOUNT,
      socket = false,
      http = "PATCH /api/my/meshes/:mesh",
      effect = Effect.REPEATABLE,
      summary = "Rename a mesh of your account, where you are its owner or an admin")
  record RenameByAccount(@Doc("The new name") @Size(value = 80, min = 1) String name)
      implements MeshRequest<MeshReply.Renamed> {}

  /// Archives the mesh and disconnects everyone.
  @Operation(
      type = "delete_mesh",
      access = Access.DELETE_MESH,
      http = "DELETE /cli/mesh/:mesh",
      effect = Effect.DESTROY,
      summary = "Delete the mesh for everyone")
  record Delete() implements MeshRequest<MeshReply.Deleted> {}

  /// What members may change of themselves, and the language the mesh remembers things in.
  @Operation(
      type = "set_mesh_settings",
      access = Access.ADMIN,
      http = "PATCH /mesh/:mesh/settings",
      effect = Effect.REPEATABLE,
      summary = "Choose what members may change of themselves, and the language of memories")
  record Settings(
      @Doc("What members may change of themselves, field by field; unchanged if absent")
          Optional<SelfEditable> selfEditable,
      @Doc("Language of memories, as PostgreSQL calls it, such as german; simple for any")
          @Size(value = 50, min = 1)
          Optional<String> language)
      implements MeshRequest<MeshReply.Ok> {}

  /// The mesh at a glance.
  @Operation(
      type = "mesh_info",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary = "Tell about the mesh: name, peers, groups, encryption, your name and groups")
  record Info() implements MeshRequest<MeshReply.InfoResult> {}

  /// Hands a mesh key to a member who lacks it.
  @Operation(
      type = "seal_key",
      access = Access.MEMBER,
      effect = Effect.REPEATABLE,
      summary = "Hand the mesh key, sealed, to a newcomer")
  record SealKey(
      @Doc("Key of the newcomer, hex") @Hex(32) String memberPubkey,
      @Doc("Which epoch") @Range(min = 1, max = 1_000_000) int epoch,
      @Audited(false)
          @Doc("The key, sealed to the newcomer, base64url")
          @Size(value = 200, min = 64)
          String sealedKey,
      @Audited(false)
          @Doc("ed25519 over seal|meshId|epoch|memberPubkey|sealedKey by the caller, hex")
          @Hex(64)
          String signature)
      implements MeshRequest<MessageReply.Ack> {}

  /// Starts a new epoch: a new mesh key, sealed to every remaining member. One of two racing admins
  /// wins.
  @Operation(
      type = "rotate_key",
      access = Access.ADMIN,
      summary = "Start a new epoch of the mesh key")
  record RotateKey(
      @Doc("The new epoch, one above the current") @Range(min = 2, max = 1_000_000) int epoch,
      @Audited(false) @Doc("The new key, sealed to each remaining member") @Size(10_000)
          List<SealedFor> keys)
      implements MeshRequest<MessageReply.Ack> {}

  /// A new mesh key sealed to one member.
  record SealedFor(
      @Doc("Key of the member, hex") @Hex(32) String memberPubkey,
      @Doc("The key, sealed to the member, base64url") @Size(value = 200, min = 64)
          String sealedKey,
      @Doc("ed25519 over seal|meshId|epoch|memberPubkey|sealedKey by the caller, hex") @Hex(64)
          String signature) {}
}
