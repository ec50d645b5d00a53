package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Grants;
import dev.claudemesh.protocol.connection.GroupRole;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What messaging needs to know of a mesh to accept a message: its rules, and who could receive. A
/// snapshot.
///
/// @param compat whether clients that cannot encrypt for groups are served
/// @param epoch the current epoch of the mesh key
/// @param members those not removed, by id
record Roster(
    String meshId,
    boolean compat,
    int epoch,
    Map<String, Entry> members,
    Map<String, Entry> byKey,
    Instant readAt) {

  /// One member.
  ///
  /// @param groups what the member's sessions left behind, else what the admins set
  /// @param grants what the member lets others do
  record Entry(
      String id, String key, String name, List<GroupRole> groups, boolean visible, Grants grants) {}

  static Roster of(String meshId, boolean compat, int epoch, List<Entry> members, Instant readAt) {
    return new Roster(
        meshId,
        compat,
        epoch,
        members.stream().collect(Collectors.toUnmodifiableMap(Entry::id, Function.identity())),
        members.stream().collect(Collectors.toUnmodifiableMap(Entry::key, Function.identity())),
        readAt);
  }

  Optional<Entry> member(String id) {
    return Optional.ofNullable(members.get(id));
  }

  Optional<Entry> withKey(String key) {
    return Optional.ofNullable(byKey.get(key));
  }
}
