package dev.claudemesh.broker.messaging;

import java.util.Arrays;

/// Whether the table may hold waiting copies for one key, by rank, and from where on. Says
/// "perhaps" too often rather than too rarely, and begins too early rather than too late.
final class Backlog {
  private static final int RANKS = 3;

  /// No place: nothing waits.
  static final long NONE = Long.MAX_VALUE;

  /// The lowest place in the order at which one may wait.
  private final long[] first = new long[RANKS];

  private Backlog() {}

  /// For a key whose rows nobody has looked at yet.
  static Backlog unknown() {
    return new Backlog();
  }

  void add(int rank, long seq) {
    first[rank] = Math.min(first[rank], seq);
  }

  /// Anything may wait, from the beginning.
  void forget() {
    Arrays.fill(first, 0);
  }

  boolean any(int rank) {
    return first[rank] != NONE;
  }

  boolean anyUpTo(int rank) {
    for (int each = 0; each <= rank; each++) {
      if (any(each)) {
        return true;
      }
    }
    return false;
  }

  long first(int rank) {
    return first[rank];
  }

  /// What stood up to there was handed out.
  void readTo(int rank, long seq) {
    first[rank] = Math.max(first[rank], seq + 1);
  }

  void clear(int rank) {
    first[rank] = NONE;
  }
}
