package dev.claudemesh.broker.approvals;

import dev.claudemesh.broker.approvals.ApprovalStore.Open;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.List;
import java.util.function.Predicate;

/// Which requests are taken down. Pure.
final class ApprovalRules {
  private ApprovalRules() {}

  /// The same id is the same request only where the same connection asks somebody else.
  ///
  /// @throws Problem `exists`
  static void checkNew(Open request, List<Open> open) {
    if (open.stream().anyMatch(other -> collides(other, request))) {
      throw new Problem(ProblemCode.EXISTS, "There is a request with this id already");
    }
  }

  private static boolean collides(Open one, Open other) {
    return one.meshId().equals(other.meshId())
        && one.asked().approvalId().equals(other.asked().approvalId())
        && (one.connection() != other.connection() || one.to().equals(other.to()));
  }

  /// @throws Problem `limit`
  static void checkRoom(Open request, List<Open> open, LimitsConfig.Approvals limits) {
    if (open.stream().filter(other -> other.asker().equals(request.asker())).count()
        >= limits.openPerMember()) {
      throw new Problem(
          ProblemCode.LIMIT,
          "You have " + limits.openPerMember() + " open requests; wait for one to end");
    }
    if (held(open, other -> isFor(other, request.meshId(), request.to())) + request.size()
            > limits.heldForMember()
        || held(open, other -> true) + request.size() > limits.held()) {
      throw new Problem(ProblemCode.LIMIT, "Too many requests wait for answers; decide locally");
    }
  }

  private static long held(List<Open> open, Predicate<Open> which) {
    return open.stream().filter(which).mapToLong(Open::size).sum();
  }

  static boolean isFor(Open request, String meshId, String key) {
    return request.meshId().equals(meshId) && request.to().equals(key);
  }
}
