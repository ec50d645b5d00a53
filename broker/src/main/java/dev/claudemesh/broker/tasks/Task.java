package dev.claudemesh.broker.tasks;

import dev.claudemesh.protocol.tasks.TaskPriority;
import dev.claudemesh.protocol.tasks.TaskStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A task as it stands on the board.
///
/// @param assignee who should do it, as its creator wrote it
/// @param assigned the member that text names
/// @param claimerAddress the session that claimed it
/// @param finisher id of the member who completed or cancelled it
/// @param version how often it was changed
record Task(
    String id,
    String title,
    Optional<String> assignee,
    Optional<Somebody> assigned,
    TaskStatus status,
    TaskPriority priority,
    List<String> tags,
    Somebody creator,
    Optional<Somebody> claimer,
    Optional<String> claimerAddress,
    Optional<String> result,
    Optional<String> finisher,
    Instant createdAt,
    Optional<Instant> finishedAt,
    int version) {

  /// A member, with what others know them by.
  record Somebody(String memberId, String key, String name) {}

  boolean finished() {
    return finishedAt.isPresent();
  }

  Task claimed(Somebody by, String address) {
    return changed(
        TaskStatus.CLAIMED,
        Optional.of(by),
        Optional.of(address),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  Task opened() {
    return changed(
        TaskStatus.OPEN,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  Task finished(TaskStatus status, Optional<String> result, Somebody by, Instant at) {
    return changed(
        status, claimer, claimerAddress, result, Optional.of(by.memberId()), Optional.of(at));
  }

  private Task changed(
      TaskStatus status,
      Optional<Somebody> claimer,
      Optional<String> claimerAddress,
      Optional<String> result,
      Optional<String> finisher,
      Optional<Instant> finishedAt) {
    return new Task(
        id,
        title,
        assignee,
        assigned,
        status,
        priority,
        tags,
        creator,
        claimer,
        claimerAddress,
        result,
        finisher,
        createdAt,
        finishedAt,
        version + 1);
  }
}
