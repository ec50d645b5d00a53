package dev.claudemesh.protocol.groups;

import dev.claudemesh.protocol.connection.GroupRole;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Name of a group: segments joined by `/`, such as `backend/api`, which is inside `backend`. What
/// is sent to a group reaches all groups inside it.
///
/// A segment is letters, digits, `_`, `.`, `-` and begins with a letter or digit. Case matters.
/// `all` is taken: `@all` is everyone.
public record GroupPath(String path) {
  /// Longest path.
  public static final int MAX_LENGTH = 100;

  /// What a bad name is answered with.
  public static final String FORM =
      "letters, digits, _ . - and / between levels, such as backend/api; \"all\" is taken";

  private static final Pattern PATTERN =
      Pattern.compile(
          "[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._-]*(/[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}._-]*)*");
  private static final String EVERYONE = "*";
  private static final String ALL = "all";

  public GroupPath {
    if (path.length() > MAX_LENGTH || path.equals(ALL) || !PATTERN.matcher(path).matches()) {
      throw new IllegalArgumentException("A group is named by " + FORM);
    }
  }

  /// Reads a group as people write it, with or without the leading `@`; empty if no group can have
  /// that name.
  public static Optional<GroupPath> parse(String text) {
    String path = text.startsWith("@") ? text.substring(1) : text;
    return path.length() <= MAX_LENGTH && !path.equals(ALL) && PATTERN.matcher(path).matches()
        ? Optional.of(new GroupPath(path))
        : Optional.empty();
  }

  /// Whether a target means everybody on the mesh.
  public static boolean isEveryone(String target) {
    return target.equals(EVERYONE) || target.equals("@" + ALL);
  }

  /// Whether a target means a group; {@link #isEveryone} is not one.
  public static boolean isGroup(String target) {
    return target.startsWith("@") && parse(target).isPresent();
  }

  /// Whether what is sent to a target (`@group`, `@all`, `*`) reaches somebody who is in these
  /// groups.
  public static boolean reaches(String target, Collection<GroupRole> groups) {
    if (isEveryone(target)) {
      return true;
    }
    return target.startsWith("@")
        && parse(target)
            .filter(path -> groups.stream().anyMatch(group -> path.contains(group.name())))
            .isPresent();
  }

  /// This group and those it is inside, the innermost first.
  public List<GroupPath> selfAndAncestors() {
    List<GroupPath> paths = new ArrayList<>();
    for (String rest = path;
        !rest.isEmpty();
        rest = rest.substring(0, Math.max(0, rest.lastIndexOf('/')))) {
      if (!rest.equals(ALL)) {
        paths.add(new GroupPath(rest));
      }
    }
    return List.copyOf(paths);
  }

  /// Whether a group is this one or inside it.
  public boolean contains(String group) {
    return group.equals(path) || group.startsWith(path + "/");
  }

  /// As a target: with the `@`.
  @Override
  public String toString() {
    return "@" + path;
  }
}
