package dev.claudemesh.broker.presence;

import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.time.Duration;
import java.time.Instant;

/// The status engine: what a report does to what is recorded, and what silence does. Pure.
///
/// @param workingTtl how long `working` lasts unless somebody says it again
/// @param hookFresh how long a stronger source keeps its mark against weaker ones that say the same
record StatusRules(Duration workingTtl, Duration hookFresh) {

  /// What is recorded of a peer.
  ///
  /// @param source who said so
  /// @param at when it was last said
  record Recorded(Status status, StatusSource source, Instant at) {}

  /// A report came in.
  ///
  /// A different status always wins, whoever reports it: a session that was interrupted is idle
  /// although no hook says so. Only `dnd` is the user's own word, and only they take it back. The
  /// same status again renews its time; a weaker source takes the mark over once the stronger one
  /// has been silent for longer than its freshness.
  Recorded report(Recorded recorded, Status status, StatusSource source, Instant now) {
    if (status != recorded.status()) {
      return recorded.status() == Status.DND && source != StatusSource.MANUAL
          ? recorded
          : new Recorded(status, source, now);
    }
    boolean asStrong = rank(source) >= rank(recorded.source());
    return asStrong || !fresh(recorded, now)
        ? new Recorded(status, source, now)
        : new Recorded(status, recorded.source(), now);
  }

  /// Time passed. A `working` that nobody repeated is taken for over: the session crashed, was
  /// interrupted, or lost its hooks.
  Recorded sweep(Recorded recorded, Instant now) {
    boolean over =
        recorded.status() == Status.WORKING && recorded.at().plus(workingTtl).isBefore(now);
    return over ? new Recorded(Status.IDLE, StatusSource.JSONL, now) : recorded;
  }

  /// Whether messages that were held may go out now.
  static boolean opens(Status before, Status after) {
    return before != Status.IDLE && after == Status.IDLE;
  }

  private boolean fresh(Recorded recorded, Instant now) {
    return !recorded.at().plus(hookFresh).isBefore(now);
  }

  private static int rank(StatusSource source) {
    return switch (source) {
      case HOOK -> 3;
      case MANUAL -> 2;
      case JSONL -> 1;
    };
  }
}
