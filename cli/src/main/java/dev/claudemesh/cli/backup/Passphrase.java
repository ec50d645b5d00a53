package dev.claudemesh.cli.backup;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.HiddenInput;
import dev.claudemesh.protocol.config.PrivateFiles;
import dev.claudemesh.protocol.crypto.PassphraseBox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// A passphrase, typed where nobody sees it or read from the first line of a file; never an
/// argument, which other users of the machine could read. Whoever gets it wipes it.
final class Passphrase {
  private final Context context;
  private final Optional<Path> file;
  private final HiddenInput typed;

  Passphrase(Context context, Optional<Path> file) {
    this.context = context;
    this.file = file;
    this.typed = new HiddenInput(context);
  }

  /// One that was chosen before.
  char[] known() throws IOException {
    return file.isPresent() ? ofFile(file.get()) : ask("Passphrase: ");
  }

  /// A new one: long enough, and where it is typed, typed twice.
  char[] chosen() throws IOException {
    char[] first =
        file.isPresent()
            ? ofFile(file.get())
            : ask("Passphrase (" + PassphraseBox.SHORTEST + " characters or more): ");
    if (Character.codePointCount(first, 0, first.length) < PassphraseBox.SHORTEST) {
      Arrays.fill(first, '\0');
      throw new CommandFailure(
          ExitCode.ARGUMENTS,
          "The passphrase is too short: it takes "
              + PassphraseBox.SHORTEST
              + " characters or more. Four random words are good.");
    }
    if (file.isEmpty()) {
      char[] second = ask("The same again: ");
      boolean same = Arrays.equals(first, second);
      Arrays.fill(second, '\0');
      if (!same) {
        Arrays.fill(first, '\0');
        throw new CommandFailure(
            ExitCode.ARGUMENTS, "The two passphrases differ. Nothing was written.");
      }
    }
    return first;
  }

  private char[] ofFile(Path named) throws IOException {
    Path path = context.environment().folder().resolve(named);
    if (!Files.isReadable(path) || Files.isDirectory(path)) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "There is no file to be read at " + path);
    }
    if (PrivateFiles.tooWide(path).isPresent()) {
      context.terminal().warn(path + " can be read by others; run chmod 600 " + path);
    }
    byte[] bytes = Files.readAllBytes(path);
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
      end++;
    }
    CharBuffer line = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(bytes, 0, end));
    Arrays.fill(bytes, (byte) 0);
    return taken(line);
  }

  private char[] ask(String question) throws IOException {
    if (!context.terminal().interactive()) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS,
          "There is nobody to ask for the passphrase here; name a file with --passphrase-file.");
    }
    return typed.ask(question);
  }

  private static char[] taken(CharBuffer buffer) {
    char[] characters = new char[buffer.remaining()];
    buffer.get(characters);
    Arrays.fill(buffer.array(), '\0');
    return characters;
  }
}
