package dev.claudemesh.protocol.config;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One key for each session of Claude Code, kept so that a session that is resumed is the same peer
/// and can still open its mail.
///
/// One file a session, named by its id. The oldest are removed when there are more than {@link
/// #LIMIT}, or when they were not used for {@link #KEPT}.
public final class SessionKeys {
  /// How many are kept.
  public static final int LIMIT = 500;

  /// For how long a key that is not used is kept.
  public static final Duration KEPT = Duration.ofDays(90);

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

  private final Path folder;

  SessionKeys(Path folder) {
    this.folder = folder;
  }

  /// The key of a session; a new one is made and kept if it has none.
  ///
  /// @throws Problem `invalid_argument` if the id cannot be one, `forbidden` if the folder cannot
  ///   be used
  public SecretKey of(String sessionId, Instant now) {
    Path file = file(sessionId);
    try {
      Optional<SecretKey> known = read(file);
      if (known.isEmpty()) {
        SecretKey made = Keys.generate();
        PrivateFiles.write(file, made.exposeHex() + "\n");
        removeOld(now);
        return made;
      }
      Files.setLastModifiedTime(file, FileTime.from(now));
      return known.get();
    } catch (IOException e) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          folder + " cannot be used; check that it belongs to you and the disk is not full");
    }
  }

  /// Whether a session has a key.
  public boolean has(String sessionId) {
    return Files.isRegularFile(file(sessionId));
  }

  private Path file(String sessionId) {
    if (!ID.matcher(sessionId).matches()) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT, "A session id has letters, digits, dots and dashes only");
    }
    return folder.resolve(sessionId + ".key");
  }

  private static Optional<SecretKey> read(Path file) throws IOException {
    try {
      return Optional.of(SecretKey.ofHex(Files.readString(file).strip()));
    } catch (NoSuchFileException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private void removeOld(Instant now) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> newestFirst =
          files
              .filter(file -> file.toString().endsWith(".key"))
              .sorted(Comparator.comparing(SessionKeys::lastUsed).reversed())
              .toList();
      for (int i = 0; i < newestFirst.size(); i++) {
        if (i >= LIMIT || lastUsed(newestFirst.get(i)).isBefore(now.minus(KEPT))) {
          Files.deleteIfExists(newestFirst.get(i));
        }
      }
    }
  }

  private static Instant lastUsed(Path file) {
    try {
      return Files.getLastModifiedTime(file).toInstant();
    } catch (IOException e) {
      // Another process removed it just now.
      return Instant.EPOCH;
    }
  }
}
