package dev.claudemesh.mcp;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The repository a folder lies in, and the name that claims call it by: the address of its
/// `origin` without scheme, user and `.git`, else the name of its folder. So two clones, and the
/// work trees of one, have one name. Reads a few small files and runs no program.
///
/// @param top where its paths begin
public record WorkTree(Path top, String name) {
  private static final int LONGEST_NAME = 200;
  private static final Pattern ORIGIN =
      Pattern.compile(
          "(?s)\\[remote \"origin\"\\][^\\[]*?^\\s*url\\s*=\\s*(\\S+)", Pattern.MULTILINE);
  private static final Pattern ADDRESS =
      Pattern.compile("(?:[a-z+]+://)?(?:[^@/]+@)?([^/:@]+)(?::\\d+(?=/))?[:/]+(.+)");

  /// The repository that a folder, which need not exist, lies in; empty if it lies in none.
  public static Optional<WorkTree> around(Path folder) {
    for (Path at = folder.toAbsolutePath().normalize(); at != null; at = at.getParent()) {
      Path git = at.resolve(".git");
      if (Files.exists(git)) {
        return Optional.of(new WorkTree(at, name(at, git)));
      }
    }
    return Optional.empty();
  }

  /// The repository that a folder lies in, else the folder itself.
  public static WorkTree of(Path folder) {
    Path at = folder.toAbsolutePath().normalize();
    return around(at).orElseGet(() -> new WorkTree(at, folderName(at)));
  }

  /// How claims call a file; empty if it lies elsewhere.
  public Optional<String> path(Path file) {
    Path at = file.toAbsolutePath().normalize();
    return at.startsWith(top) && !at.equals(top)
        ? Optional.of(top.relativize(at).toString().replace('\\', '/'))
        : Optional.empty();
  }

  private static String name(Path top, Path git) {
    try {
      Path common = common(git);
      Path config = common.resolve("config");
      Optional<String> origin =
          Files.exists(config) ? origin(Files.readString(config)) : Optional.empty();
      Path main = common.getFileName().toString().equals(".git") ? common.getParent() : top;
      return origin.orElseGet(() -> folderName(main));
    } catch (IOException | RuntimeException unreadable) {
      return folderName(top);
    }
  }

  /// What all work trees of a repository share; in all but the first `.git` is a file that leads
  /// there.
  private static Path common(Path git) throws IOException {
    if (Files.isDirectory(git)) {
      return git;
    }
    String line = Files.readString(git).strip();
    Path own = git.resolveSibling(line.replaceFirst("^gitdir:\\s*", "")).normalize();
    Path lead = own.resolve("commondir");
    return Files.exists(lead) ? own.resolve(Files.readString(lead).strip()).normalize() : own;
  }

  /// `git@github.com:acme/engine.git` and `https://github.com/acme/engine` are both
  /// `github.com/acme/engine`; of a folder on this machine the last name is taken.
  static Optional<String> origin(String config) {
    Matcher url = ORIGIN.matcher(config);
    if (!url.find()) {
      return Optional.empty();
    }
    String address = url.group(1).replaceFirst("/+$", "").replaceFirst("\\.git$", "");
    Matcher parts = ADDRESS.matcher(address);
    boolean local =
        address.startsWith("/") || address.startsWith(".") || address.startsWith("file:");
    return Optional.of(
        shortened(
            !local && parts.matches()
                ? parts.group(1).toLowerCase(Locale.ROOT) + "/" + parts.group(2)
                : address.replaceFirst("(?s).*[/\\\\]", "")));
  }

  private static String folderName(Path folder) {
    return folder.getFileName() == null ? "" : shortened(folder.getFileName().toString());
  }

  private static String shortened(String name) {
    return name.length() <= LONGEST_NAME ? name : name.substring(name.length() - LONGEST_NAME);
  }
}
