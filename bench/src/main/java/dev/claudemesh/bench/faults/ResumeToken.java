package dev.claudemesh.bench.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/// What lets a killed session come back within the grace as if it had never been away.
record ResumeToken(Path file) {
  Optional<String> read() {
    try {
      return Optional.of(Files.readString(file)).filter(token -> !token.isEmpty());
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void write(String token) {
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try {
      Files.writeString(next, token);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
