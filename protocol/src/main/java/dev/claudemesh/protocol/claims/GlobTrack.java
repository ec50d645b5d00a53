package dev.claudemesh.protocol.claims;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/// A glob without braces, as a row of states that a path walks through from the first to the last.
final class GlobTrack {
  /// What a state lets pass.
  ///
  /// @param step characters that lead to the next state; none if null
  /// @param loop characters that stay; none if null
  /// @param free how many states further it goes without a character
  private record State(CharSet step, CharSet loop, int... free) {}

  private static final CharSet SLASH = CharSet.of('/');
  private static final int CHARACTERS_A_STEP = 16;

  private final List<State> states = new ArrayList<>();
  private final StringBuilder prefix = new StringBuilder();
  private boolean literal = true;

  private GlobTrack() {}

  /// The path that is spelled so, and no other.
  static GlobTrack literal(String path) {
    GlobTrack track = new GlobTrack();
    path.codePoints().forEach(track::character);
    return track;
  }

  static GlobTrack parse(String glob) {
    GlobTrack track = new GlobTrack();
    int at = 0;
    while (at < glob.length()) {
      boolean begins = at == 0 || glob.charAt(at - 1) == '/';
      int after = skip(glob, at);
      int c = glob.codePointAt(at);
      if (begins && glob.startsWith("**/", at)) {
        track.folders();
        after = at + 3;
      } else if (begins && glob.startsWith("**", at) && at + 2 == glob.length()) {
        track.add(null, CharSet.ALL, 1);
        after = at + 2;
      } else if (c == '*') {
        track.add(null, CharSet.NAME, 1);
      } else if (c == '?') {
        track.add(CharSet.NAME, null);
      } else if (c == '[' && after > at + 1) {
        track.add(choice(glob.substring(at + 1, after - 1)), null);
      } else if (c == '\\' && after > at + 1) {
        track.character(glob.codePointAt(at + 1));
      } else {
        track.character(c);
      }
      at = after;
    }
    return track;
  }

  /// Where the character, the escaped character or the bracket that begins here ends.
  static int skip(String glob, int at) {
    int next = at + Character.charCount(glob.codePointAt(at));
    if (glob.charAt(at) == '\\' && next < glob.length()) {
      return next + Character.charCount(glob.codePointAt(next));
    }
    if (glob.charAt(at) != '[') {
      return next;
    }
    boolean negated = next < glob.length() && "!^".indexOf(glob.charAt(next)) >= 0;
    int close = glob.indexOf(']', next + (negated ? 2 : 1)); // the first character may be a ]
    int slash = glob.indexOf('/', next);
    return close < 0 || slash >= 0 && slash < close ? next : close + 1;
  }

  private static CharSet choice(String between) {
    boolean negated = "!^".indexOf(between.charAt(0)) >= 0;
    int[] characters = between.substring(negated ? 1 : 0).codePoints().toArray();
    List<int[]> ranges = new ArrayList<>();
    for (int i = 0; i < characters.length; i++) {
      boolean range = i + 2 < characters.length && characters[i + 1] == '-';
      ranges.add(new int[] {characters[i], characters[range ? i + 2 : i]});
      i += range ? 2 : 0;
    }
    ranges.removeIf(range -> range[0] > range[1]);
    List<int[]> others = others(ranges);
    return new CharSet(flat(negated ? others : others(others)));
  }

  /// All characters that are not in the ranges, but never `/`.
  private static List<int[]> others(List<int[]> ranges) {
    ranges.add(new int[] {'/', '/'});
    ranges.sort((a, b) -> Integer.compare(a[0], b[0]));
    List<int[]> gaps = new ArrayList<>();
    int from = 1;
    for (int[] range : ranges) {
      if (range[0] > from) {
        gaps.add(new int[] {from, range[0] - 1});
      }
      from = Math.max(from, range[1] + 1);
    }
    if (from <= Character.MAX_CODE_POINT) {
      gaps.add(new int[] {from, Character.MAX_CODE_POINT});
    }
    return gaps;
  }

  private static int[] flat(List<int[]> ranges) {
    return ranges.stream().flatMapToInt(Arrays::stream).toArray();
  }

  private void character(int c) {
    if (literal) {
      prefix.appendCodePoint(c);
    }
    states.add(new State(CharSet.of(c), null));
  }

  /// Any number of folders, each with its slash.
  private void folders() {
    add(null, null, 1, 2);
    add(SLASH, CharSet.ALL);
  }

  private void add(CharSet step, CharSet loop, int... free) {
    literal = false;
    states.add(new State(step, loop, free));
  }

  /// How many steps {@link #common} takes at most; never none.
  long cost(GlobTrack other) {
    return apart(other)
        ? 1 + Math.min(prefix.length(), other.prefix.length()) / CHARACTERS_A_STEP
        : 2L * (states.size() + 1) * (other.states.size() + 1);
  }

  /// Most patterns differ where both are plain.
  private boolean apart(GlobTrack other) {
    int both = Math.min(prefix.length(), other.prefix.length());
    for (int i = 0; i < both; i++) {
      if (prefix.charAt(i) != other.prefix.charAt(i)) {
        return true;
      }
    }
    return false;
  }

  /// A path that walks through both. Walks them side by side, each pair of states once; a name is
  /// never empty.
  Optional<String> common(GlobTrack other) {
    return apart(other) ? Optional.empty() : new Walk(this, other).path();
  }

  /// One search. A place is a pair of states, and whether a name begins there.
  private static final class Walk {
    private final List<State> ones;
    private final List<State> twos;
    private final int width;
    private final int[] from;
    private final int[] by;
    private final Deque<Integer> waiting = new ArrayDeque<>();

    Walk(GlobTrack one, GlobTrack two) {
      ones = one.states;
      twos = two.states;
      width = twos.size() + 1;
      from = new int[2 * (ones.size() + 1) * width];
      by = new int[from.length];
      Arrays.fill(from, -1);
    }

    Optional<String> path() {
      int end = place(ones.size(), twos.size(), false);
      int start = place(0, 0, true);
      from[start] = start;
      waiting.add(start);
      while (!waiting.isEmpty() && from[end] < 0) {
        go(waiting.remove());
      }
      return from[end] < 0 ? Optional.empty() : Optional.of(spelled(start, end));
    }

    private int place(int one, int two, boolean begins) {
      return 2 * (one * width + two) + (begins ? 1 : 0);
    }

    private void go(int place) {
      int one = place / 2 / width;
      int two = place / 2 % width;
      boolean begins = place % 2 == 1;
      State left = one < ones.size() ? ones.get(one) : new State(null, null);
      State right = two < twos.size() ? twos.get(two) : new State(null, null);
      for (int far : left.free()) {
        reach(place(one + far, two, begins), place, 0);
      }
      for (int far : right.free()) {
        reach(place(one, two + far, begins), place, 0);
      }
      take(place, left.step(), one + 1, right.step(), two + 1);
      take(place, left.step(), one + 1, right.loop(), two);
      take(place, left.loop(), one, right.step(), two + 1);
      take(place, left.loop(), one, right.loop(), two);
    }

    private void take(int place, CharSet left, int one, CharSet right, int two) {
      if (left == null || right == null) {
        return;
      }
      int name = left.common(right);
      if (name >= 0) {
        reach(place(one, two, false), place, name);
      }
      if (place % 2 == 0 && left.contains('/') && right.contains('/')) {
        reach(place(one, two, true), place, '/');
      }
    }

    /// @param character that was passed; 0 for none
    private void reach(int place, int before, int character) {
      if (from[place] < 0) {
        from[place] = before;
        by[place] = character;
        waiting.add(place);
      }
    }

    private String spelled(int start, int end) {
      List<Integer> characters = new ArrayList<>();
      for (int place = end; place != start; place = from[place]) {
        if (by[place] > 0) {
          characters.add(by[place]);
        }
      }
      Collections.reverse(characters);
      StringBuilder path = new StringBuilder();
      characters.forEach(path::appendCodePoint);
      return path.toString();
    }
  }
}
