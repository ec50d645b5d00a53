package dev.claudemesh.protocol.claims;

/// A set of characters, as ranges of code points, both ends included. No path has the character
/// NUL.
record CharSet(int[] ranges) {
  /// All but `/`.
  static final CharSet NAME =
      new CharSet(new int[] {1, '/' - 1, '/' + 1, Character.MAX_CODE_POINT});

  static final CharSet ALL = new CharSet(new int[] {1, Character.MAX_CODE_POINT});

  static CharSet of(int character) {
    return new CharSet(new int[] {character, character});
  }

  boolean contains(int character) {
    for (int i = 0; i < ranges.length; i += 2) {
      if (ranges[i] <= character && character <= ranges[i + 1]) {
        return true;
      }
    }
    return false;
  }

  /// A character other than `/` that both have; -1 if there is none.
  int common(CharSet other) {
    for (int i = 0; i < ranges.length; i += 2) {
      for (int j = 0; j < other.ranges.length; j += 2) {
        int from = Math.max(ranges[i], other.ranges[j]);
        int to = Math.min(ranges[i + 1], other.ranges[j + 1]);
        int found = from == '/' ? from + 1 : from;
        if (found <= to) {
          return found;
        }
      }
    }
    return -1;
  }
}
