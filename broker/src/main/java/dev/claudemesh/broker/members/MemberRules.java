package dev.claudemesh.broker.members;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.ConnectionReply.SelfEditable;
import dev.claudemesh.protocol.members.MemberRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What members may do to themselves and to each other. Pure.
final class MemberRules {
  /// Members one member may have said something about; then `limit`.
  static final int MOST_GRANTS = 2_000;

  private static final Set<String> MODES = Set.of("push", "inbox", "off");
  private static final int LISTED = 20;

  private MemberRules() {}

  /// Somebody who can be named: a member, or one of their sessions.
  ///
  /// @param key member key or session key
  record Named(String memberId, String key, String name) {}

  /// Finds whom a text names: an id or key exactly, else a name whatever its case.
  ///
  /// @return what was named; all of one member's sessions if they share the name
  /// @throws Problem `not_found`, or `ambiguous_prefix` listing the members that fit
  static List<Named> named(String target, Collection<Named> all) {
    String text = target.strip();
    List<Named> exact =
        all.stream()
            .filter(named -> named.memberId().equals(text) || named.key().equals(text))
            .toList();
    List<Named> found =
        exact.isEmpty()
            ? all.stream().filter(named -> named.name().equalsIgnoreCase(text)).toList()
            : exact;
    if (found.isEmpty()) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "Nobody here is called \"" + abbreviated(text) + "\"; give a name, a member id or a key");
    }
    Map<String, Named> members = new LinkedHashMap<>();
    found.forEach(named -> members.putIfAbsent(named.memberId(), named));
    if (members.size() > 1) {
      throw ambiguous(text, members.values());
    }
    return found;
  }

  private static Problem ambiguous(String text, Collection<Named> members) {
    ObjectNode details = Wire.mapper().createObjectNode();
    ArrayNode list = details.putArray("matches");
    StringBuilder names = new StringBuilder();
    members.stream()
        .limit(LISTED)
        .forEach(named -> {
          list.addObject()
              .put("memberId", named.memberId())
              .put("pubkey", named.key())
              .put("name", named.name());
          names
              .append(names.isEmpty() ? "" : ", ")
              .append(named.name())
              .append(" (")
              .append(named.key(), 0, 8)
              .append("…)");
        });
    return new Problem(
        ProblemCode.AMBIGUOUS_PREFIX,
        "\"" + abbreviated(text) + "\" fits several: " + names + ". Use a key",
        details);
  }

  /// Whether an admin may end or remove somebody.
  static boolean mayModerate(Member admin, Member target) {
    return !target.owner() && (admin.owner() || !target.admin());
  }

  /// The same for one who was named.
  ///
  /// @throws Problem `forbidden` saying why
  static void checkModeration(Member admin, Member target) {
    if (target.id().equals(admin.id())) {
      throw new Problem(ProblemCode.INVALID, "That is you; leave the mesh instead");
    }
    if (target.owner()) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "The owner of the mesh cannot be removed or ended by others");
    }
    if (!mayModerate(admin, target)) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          target.displayName() + " is an admin; only the owner can do that to an admin");
    }
  }

  /// Which connections a disconnect or kick is about: exactly one of the three ways must be chosen.
  ///
  /// @throws Problem `invalid`
  static void checkSelection(Optional<String> target, Optional<Long> stale, Optional<Boolean> all) {
    long chosen =
        target.filter(text -> !text.isBlank()).stream().count()
            + stale.stream().count()
            + all.filter(yes -> yes).stream().count();
    if (chosen != 1) {
      throw new Problem(ProblemCode.INVALID, "Say whom: exactly one of target, stale and all");
    }
    if (stale.filter(millis -> millis <= 0).isPresent()) {
      throw new Problem(ProblemCode.INVALID, "\"stale\" must be milliseconds above 0");
    }
  }

  /// Whether the caller may change these fields of a member.
  ///
  /// @throws Problem `invalid_request` or `forbidden`
  static void checkUpdate(
      MemberRequest.Update request, Member caller, Member target, SelfEditable selfEditable) {
    checkFields(request);
    boolean self = caller.id().equals(target.id());
    if (!self && !caller.admin()) {
      throw new Problem(ProblemCode.FORBIDDEN, "Only admins can change other members");
    }
    if (self && !caller.admin()) {
      List<String> managed = managed(request, selfEditable);
      if (!managed.isEmpty()) {
        throw new Problem(
            ProblemCode.FORBIDDEN,
            "admin-managed fields: "
                + String.join(", ", managed)
                + "; ask an admin to change them");
      }
    }
    request.permission().ifPresent(role -> checkRole(role, caller, target));
  }

  private static void checkFields(MemberRequest.Update request) {
    if (request.displayName().isEmpty()
        && request.roleTag().isEmpty()
        && request.groups().isEmpty()
        && request.messageMode().isEmpty()
        && request.permission().isEmpty()) {
      throw invalid("no fields to change");
    }
    if (request.displayName().filter(String::isBlank).isPresent()) {
      throw invalid("\"displayName\" must not be blank");
    }
    if (request.messageMode().filter(mode -> !MODES.contains(mode)).isPresent()) {
      throw invalid("\"messageMode\" must be push, inbox or off");
    }
    if (request
        .permission()
        .filter(role -> !role.equals("admin") && !role.equals("member"))
        .isPresent()) {
      throw invalid("\"permission\" must be admin or member");
    }
  }

  private static List<String> managed(MemberRequest.Update request, SelfEditable selfEditable) {
    List<String> managed = new ArrayList<>();
    note(managed, "displayName", request.displayName().isPresent() && !selfEditable.displayName());
    note(managed, "roleTag", request.roleTag().isPresent() && !selfEditable.roleTag());
    note(managed, "groups", request.groups().isPresent() && !selfEditable.groups());
    note(managed, "messageMode", request.messageMode().isPresent() && !selfEditable.messageMode());
    note(managed, "permission", request.permission().isPresent());
    return managed;
  }

  private static void note(List<String> managed, String field, boolean is) {
    if (is) {
      managed.add(field);
    }
  }

  /// Who makes an admin must be allowed to manage permissions; who unmakes one must be the owner,
  /// or that admin.
  private static void checkRole(String role, Member caller, Member target) {
    if (target.owner() && role.equals("member")) {
      throw new Problem(ProblemCode.FORBIDDEN, "The owner stays an admin");
    }
    if (role.equals("admin") && !target.admin() && !caller.permissions().canManagePermissions()) {
      throw new Problem(ProblemCode.FORBIDDEN, "Only who may manage permissions can make an admin");
    }
    if (role.equals("member")
        && target.admin()
        && !caller.owner()
        && !caller.id().equals(target.id())) {
      throw new Problem(ProblemCode.FORBIDDEN, "Only the owner can take another admin's role");
    }
  }

  /// Checks a change of permissions before it is stored.
  ///
  /// @throws Problem `invalid_request` or `forbidden`
  static void checkPermissions(Map<String, Boolean> wanted, Member caller, Member target) {
    Map<String, Boolean> own = caller.permissions().toMap();
    if (wanted.isEmpty()) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "set_permissions: \"permissions\" must name at least one");
    }
    for (String name : wanted.keySet()) {
      if (!own.containsKey(name)) {
        throw new Problem(
            ProblemCode.INVALID_REQUEST,
            "set_permissions: there is no permission \""
                + abbreviated(name)
                + "\"; there are "
                + String.join(", ", own.keySet()));
      }
    }
    if (target.owner()) {
      throw new Problem(ProblemCode.FORBIDDEN, "The owner may always do everything");
    }
    if (target.admin() && !caller.owner() && !target.id().equals(caller.id())) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "Only the owner can change what another admin may do");
    }
    Predicate<Map.Entry<String, Boolean>> beyond =
        entry -> entry.getValue() && !own.get(entry.getKey());
    wanted.entrySet().stream()
        .filter(beyond)
        .findFirst()
        .ifPresent(entry -> {
          throw new Problem(
              ProblemCode.FORBIDDEN,
              "You do not have " + entry.getKey() + ", so you cannot give it");
        });
  }

  /// What stays is what was not named.
  static Permissions merged(Permissions before, Map<String, Boolean> wanted) {
    Map<String, Boolean> map = before.toMap();
    map.putAll(wanted);
    return Permissions.of(map);
  }

  /// Checks what a member wants to accept from others.
  ///
  /// @param memberKeys keys of the mesh's members, those who left included
  /// @throws Problem `invalid_request` or `not_found`
  static void checkGrants(Map<String, Optional<List<String>>> grants, Set<String> memberKeys) {
    grants.forEach((key, capabilities) -> {
      if (capabilities.isPresent() && !memberKeys.contains(key)) {
        throw new Problem(
            ProblemCode.NOT_FOUND,
            "set_grants: \""
                + abbreviated(key)
                + "\" is no member key of this mesh; list the members to see their keys");
      }
      capabilities.orElse(List.of()).stream()
          .filter(capability -> Grant.of(capability).isEmpty())
          .findFirst()
          .ifPresent(unknown -> {
            throw new Problem(
                ProblemCode.INVALID_REQUEST,
                "set_grants: there is no capability \""
                    + abbreviated(unknown)
                    + "\"; there are read, dm, broadcast, state-read, state-write, file-read, tools");
          });
    });
  }

  /// Puts a change of grants into those there are: null takes an entry away, and with it the
  /// default comes back.
  ///
  /// @throws Problem `limit`
  static Map<String, List<String>> merged(
      Map<String, List<String>> before, Map<String, Optional<List<String>>> change) {
    Map<String, List<String>> merged = new LinkedHashMap<>(before);
    change.forEach((key, capabilities) ->
        capabilities.ifPresentOrElse(
            list -> merged.put(key, List.copyOf(new LinkedHashSet<>(list))),
            () -> merged.remove(key)));
    if (merged.size() > MOST_GRANTS) {
      throw new Problem(
          ProblemCode.LIMIT,
          "Grants for more than " + MOST_GRANTS + " members cannot be kept; take some away first");
    }
    return merged;
  }

  private static Problem invalid(String what) {
    return new Problem(ProblemCode.INVALID_REQUEST, "update_member: " + what);
  }

  private static String abbreviated(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
