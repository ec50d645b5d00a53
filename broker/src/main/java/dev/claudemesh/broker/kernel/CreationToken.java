package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.config.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;

/// What whoever makes a mesh must know, on a broker that asks for it. Never printed.
public final class CreationToken {
  /// Where an operator finds it, in the data folder.
  public static final String FILE = "mesh-creation-token";

  private final String secret;

  public CreationToken(String secret) {
    this.secret = secret.strip();
  }

  /// The token in the data folder, made there at the first start so that only the broker's user can
  /// read it.
  ///
  /// @throws UncheckedIOException if the folder cannot be written
  public static CreationToken in(Path data) {
    Path file = data.resolve(FILE);
    try {
      PrivateFiles.createFolder(data);
      if (!Files.exists(file)) {
        make(file);
      }
      return new CreationToken(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The mesh creation token " + file + " cannot be read or made", e);
    }
  }

  /// Whether somebody knows the token; takes equally long whatever they say.
  public boolean is(String presented) {
    return !secret.isEmpty()
        && MessageDigest.isEqual(
            secret.getBytes(StandardCharsets.UTF_8),
            presented.strip().getBytes(StandardCharsets.UTF_8));
  }

  /// Written apart and then moved, so that a start that was cut off leaves no empty token behind.
  /// Temporary files are their owner's alone.
  private static void make(Path file) throws IOException {
    Path apart = Files.createTempFile(file.getParent(), FILE, ".new");
    try {
      Files.writeString(apart, Ids.token() + "\n");
      Files.move(apart, file);
    } catch (FileAlreadyExistsException e) {
      // Another start of this broker was faster; its token is as good.
      Files.deleteIfExists(apart);
    }
  }

  @Override
  public String toString() {
    return "CreationToken[***]";
  }
}
