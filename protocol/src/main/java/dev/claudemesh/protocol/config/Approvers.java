package dev.claudemesh.protocol.config;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;

/// Whom the user lets decide what their sessions may do: keys of members, one file a mesh, mode
/// 0600. Only here and nowhere at the broker, so that a broker can neither add itself nor anybody.
///
/// Read anew each time it is asked, so that what is taken back counts at once.
public final class Approvers {
  /// More are refused: each is sent every request.
  public static final int MOST = 20;

  private final Path file;

  /// @param folder the config folder
  public Approvers(Path folder, String meshId) {
    this.file = folder.resolve("approvers").resolve(meshId + ".json");
  }

  /// Their member keys; a file that cannot be read names nobody.
  public List<PublicKey> keys() {
    try {
      return Wire.mapper()
          .readTree(Files.readString(file))
          .valueStream()
          .map(key -> key.asString(""))
          .filter(PublicKey::isKey)
          .map(PublicKey::new)
          .limit(MOST)
          .toList();
    } catch (IOException | JacksonException nobody) {
      return List.of();
    }
  }

  public boolean contains(PublicKey member) {
    return keys().contains(member);
  }

  /// @throws Problem `limit`, or `forbidden` if the file cannot be written
  public void add(PublicKey member) {
    List<PublicKey> now = keys();
    if (now.contains(member)) {
      return;
    }
    if (now.size() >= MOST) {
      throw new Problem(
          ProblemCode.LIMIT, "At most " + MOST + " members may decide for you; revoke one first");
    }
    write(Stream.concat(now.stream(), Stream.of(member)).toList());
  }

  /// @throws Problem `forbidden` if the file cannot be written
  public void remove(PublicKey member) {
    List<PublicKey> now = keys();
    if (now.contains(member)) {
      write(now.stream().filter(key -> !key.equals(member)).toList());
    }
  }

  private void write(List<PublicKey> keys) {
    try {
      if (keys.isEmpty()) {
        Files.delete(file);
        return;
      }
      PrivateFiles.write(
          file,
          Wire.mapper().writeValueAsString(keys.stream().map(PublicKey::hex).toList()) + "\n");
    } catch (NoSuchFileException gone) {
      // nobody is named already
    } catch (IOException e) {
      throw new Problem(
          ProblemCode.FORBIDDEN,
          file + " cannot be written (" + e.getClass().getSimpleName() + ")");
    }
  }
}
