package dev.claudemesh.cli.upgrade;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One change to another version. Everything happens beside what is used, in files whose names
/// begin with a dot, until one rename puts the folder in its place and another one the link; so
/// whoever is killed, or runs out of disk, leaves the old one working, and the next one tidies up.
final class Upgrade implements AutoCloseable {
  private static final String SCRATCH = ".upgrade-";
  private static final int PATIENCE_SECONDS = 60;

  private final Layout layout;
  private final FileChannel channel;
  private final FileLock lock;

  private Upgrade(Layout layout, FileChannel channel, FileLock lock) {
    this.layout = layout;
    this.channel = channel;
    this.lock = lock;
  }

  /// Begins one.
  ///
  /// @throws CommandFailure `exists` if another one is at it, `permission` if the folder is not
  ///   ours
  static Upgrade begin(Layout layout) throws IOException {
    if (!Files.isWritable(layout.home())) {
      throw new CommandFailure(
          ExitCode.PERMISSION,
          layout.home() + " cannot be written; run this as the one who installed claudemesh");
    }
    FileChannel channel =
        FileChannel.open(
            layout.home().resolve(".upgrade.lock"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE);
    FileLock lock = tryLock(channel);
    if (lock == null) {
      channel.close();
      throw new CommandFailure(ExitCode.EXISTS, "Another upgrade of this claudemesh is running");
    }
    Upgrade upgrade = new Upgrade(layout, channel, lock);
    upgrade.tidy();
    return upgrade;
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  /// Gets a release, tries it, and changes to it.
  void to(Release release, Fetch fetch) throws IOException, InterruptedException {
    Path folder = layout.folder(release.version());
    if (layout.current().filter(folder::equals).isPresent()) {
      return; // somebody else was sooner
    }
    Path archive = layout.home().resolve(SCRATCH + "archive");
    Path unpacked = layout.home().resolve(SCRATCH + "folder");
    try {
      fetch.archive(release, archive);
      Files.createDirectory(unpacked);
      new Archive("claudemesh-" + release.version(), unpacked).unpack(archive);
      requireToRun(unpacked, release.version());
      if (Files.exists(folder)) {
        // Left by somebody who was killed between the two renames, or went back from it.
        Files.move(folder, layout.home().resolve(SCRATCH + "replaced"));
      }
      Files.move(unpacked, folder);
      layout.use(folder);
    } finally {
      tidy();
    }
  }

  /// Changes back to the version before.
  Path back() throws IOException {
    Path previous =
        layout
            .previous()
            .orElseThrow(() ->
                new CommandFailure(
                    ExitCode.NOT_FOUND, "There is no version before this one to go back to"));
    layout.use(previous);
    return previous;
  }

  /// @throws Problem `invalid_request` if it does not even tell its version
  private static void requireToRun(Path folder, String version)
      throws IOException, InterruptedException {
    Path program = folder.resolve("bin").resolve("claudemesh");
    String said = "";
    if (Files.isExecutable(program)) {
      Process process =
          new ProcessBuilder(program.toString(), "--version")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      process.getOutputStream().close();
      if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        said =
            new String(process.getInputStream().readNBytes(1000), StandardCharsets.UTF_8).strip();
      } else {
        process.destroyForcibly();
      }
    }
    if (!said.equals("claudemesh " + version)) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST,
          "The new version does not run on this machine. Nothing was changed");
    }
  }

  private void tidy() throws IOException {
    List<Path> left;
    try (Stream<Path> files = Files.list(layout.home())) {
      left = files.filter(file -> file.getFileName().toString().startsWith(SCRATCH)).toList();
    }
    for (Path path : left) {
      remove(path);
    }
  }

  private static void remove(Path path) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(path)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path one : all) {
      Files.delete(one);
    }
  }

  @Override
  public void close() throws IOException {
    lock.release();
    channel.close();
  }
}
