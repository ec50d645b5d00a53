package dev.claudemesh.broker.messaging;

/// Whether the table may hold waiting copies for one key, by priority. Says "perhaps" too often
/// rather than too rarely.
final class Backlog {
  private static final int ALL = 0b111;

  private int ranks;

  private Backlog(int ranks) {
    this.ranks = ranks;
  }

  /// For a key whose rows nobody has looked at yet.
  static Backlog unknown() {
    return new Backlog(ALL);
  }

  void add(int rank) {
    ranks |= 1 << rank;
  }

  boolean anyUpTo(int rank) {
    return (ranks & upTo(rank)) != 0;
  }

  void clearUpTo(int rank) {
    ranks &= ~upTo(rank);
  }

  private static int upTo(int rank) {
    return (1 << (rank + 1)) - 1;
  }
}
