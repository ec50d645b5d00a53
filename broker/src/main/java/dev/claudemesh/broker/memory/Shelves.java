package dev.claudemesh.broker.memory;

import java.util.List;
import java.util.stream.LongStream;

/// Where a search looks, and when it has seen enough. Memories stand on shelves by their age; words
/// that are nearly everywhere fill an answer from the newest few, and for rare ones the whole mesh
/// is one look. Pure.
final class Shelves {
  /// Memories that are ranked at most; of more, the newest are.
  static final int CANDIDATES = 500;

  /// Memories of one shelf; the table's generated column says the same.
  static final int SIZE = 8_192;

  /// Shelves that are looked at first. What they hold tells how much the others will.
  static final int FIRST = 8;

  /// Memories that may be in the way of one look at the whole mesh: it reads them all, and goes
  /// through the index once, where shelf by shelf it goes through it for each.
  private static final int RARE = 2 * CANDIDATES;

  private Shelves() {}

  /// The newest shelves, the newest first.
  static List<String> first(String meshId, long lastNumber) {
    return shelves(meshId, newest(lastNumber), Math.max(0, newest(lastNumber) - FIRST + 1));
  }

  /// What is to be looked at after that.
  ///
  /// @param found on the first shelves
  /// @param enough how many need not be more, for whoever wants the newest and no ranks
  static List<String> then(String meshId, long lastNumber, int found, int enough) {
    long shelves = newest(lastNumber) + 1;
    if (shelves <= FIRST || found >= enough) {
      return List.of();
    }
    boolean rare = found * shelves / FIRST <= RARE;
    return rare ? List.of(meshId) : shelves(meshId, newest(lastNumber) - FIRST, 0);
  }

  /// Where the memories of one member stand, as the generated column writes it.
  static String of(String meshId, String author) {
    return meshId + "/by/" + author;
  }

  private static long newest(long lastNumber) {
    return lastNumber / SIZE;
  }

  private static List<String> shelves(String meshId, long from, long to) {
    return LongStream.rangeClosed(0, from - to)
        .mapToObj(back -> meshId + "/" + (from - back))
        .toList();
  }
}
