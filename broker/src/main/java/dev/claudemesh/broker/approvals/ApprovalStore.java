package dev.claudemesh.broker.approvals;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.approvals.ApprovalEvent.Asked;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Requests that are open, and who watches. In memory only.
///
/// Thread-safe. Nothing is sent while its lock is held; who begins to watch and what is asked at
/// the same time meet exactly once.
final class ApprovalStore {
  private final LimitsConfig.Approvals limits;
  private final List<Open> open = new ArrayList<>();
  private final Set<Watcher> watchers = new LinkedHashSet<>();

  ApprovalStore(LimitsConfig.Approvals limits) {
    this.limits = limits;
  }

  /// A request to one member.
  ///
  /// @param asker id of the asking member
  /// @param to key of the member who is asked
  record Open(
      String meshId, String asker, Connection connection, String to, Instant until, Asked asked) {
    int size() {
      return asked.ciphertext().length();
    }
  }

  /// A connection that is shown what its member is asked.
  ///
  /// @param key the member's
  record Watcher(String meshId, String key, Connection connection) {}

  /// Takes a request down.
  ///
  /// @return who is to be shown it; if nobody, it was not taken down
  /// @throws Problem `limit` or `exists`
  synchronized List<Watcher> ask(Open request, Predicate<Watcher> mayReach, Instant now) {
    expire(now);
    ApprovalRules.checkNew(request, open);
    List<Watcher> reached =
        watchers(request.meshId(), request.to()).stream().filter(mayReach).toList();
    if (!reached.isEmpty()) {
      ApprovalRules.checkRoom(request, open, limits);
      open.add(request);
    }
    return reached;
  }

  private List<Watcher> watchers(String meshId, String key) {
    return watchers.stream()
        .filter(watcher -> watcher.meshId().equals(meshId) && watcher.key().equals(key))
        .toList();
  }

  /// What a member is asked now.
  ///
  /// @param stays whether the connection is shown what comes, too
  synchronized List<Asked> watch(Watcher watcher, boolean stays, Instant now) {
    expire(now);
    if (stays) {
      watchers.add(watcher);
    }
    return open.stream()
        .filter(request -> ApprovalRules.isFor(request, watcher.meshId(), watcher.key()))
        .map(Open::asked)
        .toList();
  }

  /// The request that a member answers.
  ///
  /// @throws Problem `not_found` if that member was not asked, or it has ended
  synchronized Open asked(String meshId, String key, String approvalId, Instant now) {
    expire(now);
    return open.stream()
        .filter(request ->
            ApprovalRules.isFor(request, meshId, key)
                && request.asked().approvalId().equals(approvalId))
        .findFirst()
        .orElseThrow(() ->
            new Problem(
                ProblemCode.NOT_FOUND, "This request is settled already, or its time is over"));
  }

  /// Ends a request of a connection.
  ///
  /// @return who is to be told
  synchronized List<Watcher> settle(String approvalId, Connection asker) {
    return end(request ->
        request.connection() == asker && request.asked().approvalId().equals(approvalId));
  }

  /// Forgets a connection that is gone.
  ///
  /// @return ids of its requests, each with those who are to be told
  synchronized List<Ended> gone(Connection connection) {
    watchers.removeIf(watcher -> watcher.connection() == connection);
    return open.stream()
        .filter(request -> request.connection() == connection)
        .map(request -> request.asked().approvalId())
        .distinct()
        .toList()
        .stream()
        .map(id -> new Ended(id, settle(id, connection)))
        .toList();
  }

  /// A request that ended without its asker saying so.
  record Ended(String approvalId, List<Watcher> told) {}

  private List<Watcher> end(Predicate<Open> which) {
    List<Open> over = open.stream().filter(which).toList();
    open.removeAll(over);
    return over.stream()
        .flatMap(request -> watchers(request.meshId(), request.to()).stream())
        .distinct()
        .toList();
  }

  /// Watchers know the time of a request themselves, so that nobody needs to be told.
  private void expire(Instant now) {
    open.removeIf(request -> !request.until().isAfter(now));
  }
}
