package dev.claudemesh.cli.upgrade;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// How an installed claudemesh lies: folders `claudemesh-<version>` with `bin` and `lib`, and
/// beside them the link `current`, which leads to the one that is used, and `previous`, to the one
/// before.
///
/// @param home the folder in which they stand
record Layout(Path home) {
  private static final String CURRENT = "current";
  private static final String PREVIOUS = "previous";

  /// The one that a launcher belongs to; empty if it does not lie so.
  static Optional<Layout> of(Path launcher) {
    try {
      Path folder = launcher.toRealPath().getParent().getParent();
      Layout layout = new Layout(folder.getParent());
      return folder.getFileName().toString().startsWith("claudemesh-")
              && layout.target(CURRENT).isPresent()
          ? Optional.of(layout)
          : Optional.empty();
    } catch (IOException | NullPointerException e) {
      return Optional.empty();
    }
  }

  /// The folder of a version, there or not.
  Path folder(String version) {
    return home.resolve("claudemesh-" + version);
  }

  Optional<Path> current() {
    return target(CURRENT);
  }

  Optional<Path> previous() {
    return target(PREVIOUS);
  }

  private Optional<Path> target(String link) {
    try {
      return Optional.of(home.resolve(Files.readSymbolicLink(home.resolve(link))))
          .filter(Files::isDirectory);
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /// Changes to another folder; what was current is previous then. At every moment `current` leads
  /// to a whole one.
  void use(Path folder) throws IOException {
    Optional<Path> before = current();
    if (before.isPresent()) {
      link(PREVIOUS, before.get());
    }
    link(CURRENT, folder);
  }

  private void link(String name, Path folder) throws IOException {
    Path fresh = home.resolve("." + name + ".new");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, folder.getFileName());
    Files.move(fresh, home.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
