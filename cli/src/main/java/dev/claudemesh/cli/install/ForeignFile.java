package dev.claudemesh.cli.install;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// A file of somebody else's that we change: replaced in one step, with its mode and owner, through
/// a symbolic link, and only if nobody changed it meanwhile.
final class ForeignFile {
  private static final int BACKUPS_KEPT = 10;

  private final Path path;

  ForeignFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /// The text of the file; empty if there is none.
  ///
  /// @throws Problem `invalid` if it is not UTF-8: then it could not be written back as it was
  Optional<String> read() {
    try {
      byte[] bytes = Files.readAllBytes(path);
      return Optional.of(
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(bytes))
              .toString());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (CharacterCodingException e) {
      throw new Problem(
          ProblemCode.INVALID,
          path + " is not UTF-8 text. Nothing was changed; mend the file and run this again");
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /// Copies the file beside Claude Code's own backups; the oldest of ours make room.
  Path backUp(Path folder, Instant now) {
    try {
      PrivateFiles.createFolder(folder);
      String prefix = path.getFileName() + ".pre-claudemesh.";
      Path copy = folder.resolve(prefix + now.toEpochMilli());
      Files.copy(
          path.toRealPath(),
          copy,
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
      PrivateFiles.narrowDown(copy);
      try (Stream<Path> all = Files.list(folder)) {
        List<Path> ours =
            all.filter(file -> file.getFileName().toString().startsWith(prefix))
                .sorted(Comparator.comparing(Path::toString).reversed())
                .toList();
        for (Path old : ours.subList(Math.min(BACKUPS_KEPT, ours.size()), ours.size())) {
          Files.deleteIfExists(old);
        }
      }
      return copy;
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /// Replaces the text.
  ///
  /// @param before what it was read as
  /// @return false if somebody else changed it since, and nothing was written
  boolean replace(Optional<String> before, String after) {
    try {
      if (before.isEmpty()) {
        PrivateFiles.write(path, after);
        return true;
      }
      Path target = path.toRealPath();
      Path next =
          target.resolveSibling("." + target.getFileName() + ".claudemesh." + UUID.randomUUID());
      try {
        Files.createFile(next);
        PosixFileAttributeView mode =
            Files.getFileAttributeView(next, PosixFileAttributeView.class);
        if (mode != null) {
          likeness(target, mode);
        }
        Files.writeString(next, after, StandardCharsets.UTF_8);
        if (!read().equals(before)) {
          return false;
        }
        Files.move(
            next, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return true;
      } finally {
        Files.deleteIfExists(next);
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  /// The new file gets mode, group and owner of the old one before there is anything in it.
  private static void likeness(Path target, PosixFileAttributeView next) throws IOException {
    PosixFileAttributes old = Files.readAttributes(target, PosixFileAttributes.class);
    PosixFileAttributes made = next.readAttributes();
    if (!made.owner().equals(old.owner())) {
      next.setOwner(old.owner());
    }
    if (!made.group().equals(old.group())) {
      next.setGroup(old.group());
    }
    next.setPermissions(old.permissions());
  }

  private Problem unusable(IOException e) {
    return new Problem(
        ProblemCode.FORBIDDEN,
        path
            + " cannot be changed ("
            + e.getClass().getSimpleName()
            + "). Check that it and its folder belong to you, and that the disk is not full");
  }
}
