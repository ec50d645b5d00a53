package dev.claudemesh.broker.groups;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.groups.GroupPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Joining and leaving. Pure.
final class GroupRules {
  private GroupRules() {}

  /// The groups after joining one; who is in it already has the new role from now on.
  ///
  /// @throws Problem `invalid_request` if no group can have that name, `limit` if these are too
  ///   many
  static List<GroupRole> join(
      List<GroupRole> groups, String name, Optional<String> role, int limit) {
    GroupRole joined =
        new GroupRole(path(name).path(), role.map(String::strip).filter(r -> !r.isEmpty()));
    List<GroupRole> after = new ArrayList<>(groups);
    int at = groups.stream().map(GroupRole::name).toList().indexOf(joined.name());
    if (at >= 0) {
      after.set(at, joined);
    } else if (groups.size() >= limit) {
      throw new Problem(
          ProblemCode.LIMIT, "A peer may be in " + limit + " groups; leave one of them first");
    } else {
      after.add(joined);
    }
    return List.copyOf(after);
  }

  /// The groups after leaving one. Groups inside it stay.
  ///
  /// @throws Problem `invalid_request` if no group can have that name
  static List<GroupRole> leave(List<GroupRole> groups, String name) {
    String left = path(name).path();
    return groups.stream().filter(group -> !group.name().equals(left)).toList();
  }

  private static GroupPath path(String name) {
    return GroupPath.parse(name)
        .orElseThrow(() ->
            new Problem(
                ProblemCode.INVALID_REQUEST, "\"name\": a group is named by " + GroupPath.FORM));
  }
}
