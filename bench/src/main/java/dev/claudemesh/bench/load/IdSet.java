package dev.claudemesh.bench.load;

/// Ids that were seen, as 64-bit hashes: what a client remembers to drop a message that comes
/// again. Grows with what it holds; one thread at a time.
final class IdSet {
  private long[] slots = new long[16];
  private int size;

  /// @return whether it was new
  boolean add(long hash) {
    long id = hash == 0 ? 1 : hash;
    if (2 * size >= slots.length) {
      grow();
    }
    if (!put(slots, id)) {
      return false;
    }
    size++;
    return true;
  }

  private void grow() {
    long[] larger = new long[4 * slots.length];
    for (long id : slots) {
      if (id != 0) {
        put(larger, id);
      }
    }
    slots = larger;
  }

  private static boolean put(long[] slots, long id) {
    int mask = slots.length - 1;
    int at = (int) (id * 0x9E3779B97F4A7C15L >>> 32) & mask;
    while (slots[at] != 0) {
      if (slots[at] == id) {
        return false;
      }
      at = at + 1 & mask;
    }
    slots[at] = id;
    return true;
  }
}
