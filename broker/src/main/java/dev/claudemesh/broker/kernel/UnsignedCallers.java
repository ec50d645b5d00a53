package dev.claudemesh.broker.kernel;

import dev.claudemesh.broker.kernel.MembershipStore.Membership;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Believes old clients who they are, on the routes of PROTOCOL 8 and there only. Exists in compat
/// mode alone.
final class UnsignedCallers {
  private static final Set<String> BY_MEMBER_HEADER = Set.of("update_member", "set_mesh_settings");
  private static final Set<String> BY_USER =
      Set.of("create_invite", "set_grants", "delete_mesh", "set_permissions");
  private static final Set<String> BY_USER_WITHOUT_MESH = Set.of("list_meshes", "create_mesh");
  private static final Set<String> BY_NOBODY = Set.of("list_members", "list_permissions");
  private static final int LONGEST_ID = 200;

  private final MembershipStore memberships;

  UnsignedCallers(MembershipStore memberships) {
    this.memberships = memberships;
  }

  /// Whether the call is one of those that name an account and no mesh.
  boolean namesUser(HttpCall call, Catalog.Op op) {
    return BY_USER_WITHOUT_MESH.contains(op.type()) && field(call, "user_id").isPresent();
  }

  /// The member whom the call claims to come from; empty if it claims nothing, or the route is not
  /// one of the old ones.
  Optional<Membership> member(HttpCall call, Catalog.Op op, String mesh) {
    if (BY_MEMBER_HEADER.contains(op.type())) {
      return call.header("x-member-id")
          .filter(UnsignedCallers::sensible)
          .flatMap(id -> memberships.byIdIn(mesh, id));
    }
    if (BY_USER.contains(op.type())) {
      return field(call, op.type().equals("set_permissions") ? "requester_id" : "user_id")
          .flatMap(user -> memberships.byUserIn(mesh, user));
    }
    return BY_NOBODY.contains(op.type())
        ? memberships.mesh(mesh).map(name -> new Membership(reader(name), false, false))
        : Optional.empty();
  }

  /// Somebody who may read the two lists that old clients read without saying who they are, and
  /// nothing else.
  private static Member reader(MembershipStore.MeshName mesh) {
    return new Member(
        "anonymous",
        mesh.id(),
        mesh.slug(),
        new PublicKey("0".repeat(64)),
        "anonymous",
        false,
        false,
        Permissions.NONE);
  }

  private static Optional<String> field(HttpCall call, String name) {
    return inBody(call, name).or(() -> inQuery(call, name)).filter(UnsignedCallers::sensible);
  }

  private static Optional<String> inBody(HttpCall call, String name) {
    if (call.body().length == 0) {
      return Optional.empty();
    }
    try {
      JsonNode value = Wire.mapper().readTree(call.body()).get(name);
      return value != null && value.isString()
          ? Optional.of(value.stringValue())
          : Optional.empty();
    } catch (JacksonException e) {
      // The front door parses the body after this and says what is wrong with it.
      return Optional.empty();
    }
  }

  private static Optional<String> inQuery(HttpCall call, String name) {
    int start = call.pathWithQuery().indexOf('?');
    if (start < 0) {
      return Optional.empty();
    }
    for (String pair : call.pathWithQuery().substring(start + 1).split("&", 50)) {
      if (pair.startsWith(name + "=")) {
        try {
          return Optional.of(
              URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }

  private static boolean sensible(String id) {
    return !id.isBlank() && id.length() <= LONGEST_ID;
  }
}
