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

  private static final String KEY = ".key";
  private static final String SAME = ".same";
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
      throw unusable();
    }
  }

  private Problem unusable() {
    return new Problem(
        ProblemCode.FORBIDDEN,
        folder + " cannot be used; check that it belongs to you and the disk is not full");
  }

  /// Notes that a session goes on as the peer that another one is, as after `/clear`: with its key
  /// and its mail. One that has a key of its own stays who it is.
  ///
  /// @throws Problem as {@link #of}
  public void goesOn(String sessionId, String as) {
    try {
      if (!has(sessionId)) {
        PrivateFiles.write(note(sessionId), peer(as) + "\n");
      }
    } catch (IOException e) {
      throw unusable();
    }
  }

  /// The session under whose id the key and the mail of this one are kept: its own, unless it goes
  /// on for another.
  public String peer(String sessionId) {
    try {
      return Optional.of(Files.readString(note(sessionId)).strip())
          .filter(id -> ID.matcher(id).matches())
          .orElse(sessionId);
    } catch (IOException e) {
      return sessionId;
    }
  }

  /// Whether a session has a key.
  public boolean has(String sessionId) {
    return Files.isRegularFile(file(sessionId));
  }

  private Path file(String sessionId) {
    return file(sessionId, KEY);
  }

  private Path note(String sessionId) {
    return file(sessionId, SAME);
  }

  private Path file(String sessionId, String kind) {
    if (!ID.matcher(sessionId).matches()) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT, "A session id has letters, digits, dots and dashes only");
    }
    return folder.resolve(sessionId + kind);
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
              .filter(file -> file.toString().endsWith(KEY) || file.toString().endsWith(SAME))
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
