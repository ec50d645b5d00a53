package dev.claudemesh.protocol.claims;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A pattern of paths relative to a root. `*` and `?` stay within a name, `**` as a whole name is
/// any number of folders, `{a,b}` and `[a-z]` are alternatives, `\` takes the next character as it
/// is; what ends with `/` is everything in that folder. Case matters.
///
/// A path that is spelled exactly like the pattern always belongs to it, so that names with
/// brackets, as some frameworks have them, can be claimed as they are.
///
/// Immutable. Two patterns are compared in at most {@link #cost} steps.
public final class PathGlob {
  /// Longest text.
  public static final int MAX_LENGTH = 200;

  /// What a bad glob is answered with.
  public static final String FORM =
      "a path relative to the repository's root such as src/api/** or docs/*.md, without .. and"
          + " with at most 64 alternatives in braces, and those not too long";

  private static final int MOST_ALTERNATIVES = 64;
  private static final int MOST_WRITTEN_OUT = 1_000;

  private final String text;
  private final List<GlobTrack> tracks;

  private PathGlob(String text, List<GlobTrack> tracks) {
    this.text = text;
    this.tracks = tracks;
  }

  /// Reads a glob; empty if it is none. A leading `./` or `/` is left out.
  public static Optional<PathGlob> parse(String written) {
    String text = normal(written);
    if (text.length() > MAX_LENGTH || !isPath(text)) {
      return Optional.empty();
    }
    String whole = text.endsWith("/") ? text + "**" : text;
    List<String> alternatives = new ArrayList<>();
    if (!Braces.expand(whole, MOST_ALTERNATIVES, alternatives)
        || alternatives.stream().mapToInt(String::length).sum() > MOST_WRITTEN_OUT) {
      return Optional.empty();
    }
    List<GlobTrack> tracks = new ArrayList<>();
    alternatives.forEach(alternative -> tracks.add(GlobTrack.parse(alternative)));
    if (whole.chars().anyMatch(c -> c == '[' || c == '{' || c == '\\')) {
      tracks.add(GlobTrack.literal(text));
    }
    return Optional.of(new PathGlob(text, List.copyOf(tracks)));
  }

  private static String normal(String written) {
    String text = written.strip();
    while (text.startsWith("./") || text.startsWith("/")) {
      text = text.substring(text.indexOf('/') + 1);
    }
    return text;
  }

  private static boolean isPath(String text) {
    String[] names = text.split("/", -1);
    for (int i = 0; i < names.length; i++) {
      boolean folder = names[i].isEmpty() && i > 0 && i == names.length - 1;
      if (names[i].equals("..") || names[i].equals(".") || names[i].isEmpty() && !folder) {
        return false;
      }
    }
    return true;
  }

  /// One path and no other, whatever characters it has.
  public static PathGlob exactly(String path) {
    String text = normal(path);
    return new PathGlob(text, List.of(GlobTrack.literal(text)));
  }

  /// Whether a path belongs to it.
  public boolean matches(String path) {
    return meets(exactly(path));
  }

  /// Whether any path could belong to both.
  public boolean meets(PathGlob other) {
    return common(other).isPresent();
  }

  /// A path that belongs to both.
  Optional<String> common(PathGlob other) {
    for (GlobTrack one : tracks) {
      for (GlobTrack two : other.tracks) {
        Optional<String> path = one.common(two);
        if (path.isPresent()) {
          return path;
        }
      }
    }
    return Optional.empty();
  }

  /// How many steps {@link #meets} takes at most.
  public long cost(PathGlob other) {
    long steps = 0;
    for (GlobTrack one : tracks) {
      for (GlobTrack two : other.tracks) {
        steps += one.cost(two);
      }
    }
    return steps;
  }

  /// As it was written, but for what leads to the root.
  @Override
  public String toString() {
    return text;
  }
}
