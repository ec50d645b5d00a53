package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.meshes.MeshReply;

/// Memberships that an account lists, so that their person finds them again. The key stays who the
/// member is: it alone ties a membership to an account.
public sealed interface AccountMeshRequest<R extends Reply> extends AccountRequest<R> {

  /// Ties a membership to the account. The member's key signs the call, beside the account's token.
  @Operation(
      type = "link_mesh",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "POST /api/my/meshes",
      effect = Effect.REPEATABLE,
      summary = "List a mesh in your account; your key on that mesh signs the call, too")
  record Link(@Doc("Id of the mesh") @Id @JsonProperty("mesh_id") String meshId)
      implements AccountMeshRequest<MeshReply.Ok> {}

  /// Takes a mesh off the account; the membership stays.
  @Operation(
      type = "unlink_mesh",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "DELETE /api/my/meshes/:id",
      effect = Effect.DESTROY,
      summary = "Take a mesh off your account's list; you stay a member")
  record Unlink(@Doc("Id of the mesh") @Id String id) implements AccountMeshRequest<MeshReply.Ok> {}

  /// Meshes of the account.
  @Operation(
      type = "list_account_meshes",
      access = Access.ACCOUNT,
      socket = false,
      http = "GET /api/my/meshes",
      effect = Effect.READ,
      summary = "List the meshes of your account, on whatever machine their keys are")
  record ListMine() implements AccountMeshRequest<AccountMeshReply.Meshes> {}
}
