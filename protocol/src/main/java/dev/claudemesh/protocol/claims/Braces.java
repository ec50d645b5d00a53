package dev.claudemesh.protocol.claims;

import java.util.ArrayList;
import java.util.List;

/// `{a,b}` written out. Braces that are escaped, inside brackets, or not closed are characters.
final class Braces {
  private Braces() {}

  /// Adds each alternative of a pattern.
  ///
  /// @return false if there are more than `most`; then the list holds only some
  static boolean expand(String pattern, int most, List<String> into) {
    for (String alternative : alternatives(pattern, most)) {
      if (into.size() == most) {
        return false;
      }
      into.add(alternative);
    }
    return true;
  }

  /// One more than `most` at most.
  private static List<String> alternatives(String pattern, int most) {
    for (int open = next(pattern, 0); open < pattern.length(); open = next(pattern, open + 1)) {
      List<String> parts = new ArrayList<>();
      int end = close(pattern, open, parts);
      if (end >= 0) {
        List<String> tails = alternatives(pattern.substring(end + 1), most);
        List<String> all = new ArrayList<>();
        for (String part : parts) {
          for (String middle : alternatives(part, most)) {
            for (String tail : tails) {
              if (all.size() <= most) {
                all.add(pattern.substring(0, open) + middle + tail);
              }
            }
          }
        }
        return all;
      }
    }
    return List.of(pattern);
  }

  /// Where the next brace opens that could be one; the end if none does.
  private static int next(String pattern, int from) {
    int at = from;
    while (at < pattern.length() && pattern.charAt(at) != '{') {
      at = GlobTrack.skip(pattern, at);
    }
    return at;
  }

  /// Where a brace closes, and what stands between its commas; -1 if it does not.
  private static int close(String pattern, int open, List<String> parts) {
    int depth = 1;
    int start = open + 1;
    int at = start;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == '{') {
        depth++;
      } else if (c == '}') {
        depth--;
      }
      if (depth == 0 || c == ',' && depth == 1) {
        parts.add(pattern.substring(start, at));
        start = at + 1;
      }
      if (depth == 0) {
        return at;
      }
      at = GlobTrack.skip(pattern, at);
    }
    return -1;
  }
}
