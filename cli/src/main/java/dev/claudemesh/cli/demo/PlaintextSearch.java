package dev.claudemesh.cli.demo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Looks for texts in every file of a folder, byte by byte: as they are, and as base64 at each of
/// the three places they may begin.
final class PlaintextSearch {
  private static final int CHUNK = 1 << 20;
  private static final int BYTES = 256;

  /// What was looked at, and which texts were found.
  record Result(int files, long bytes, Set<String> found) {}

  /// One way a text may stand in a file.
  private record Form(String text, byte[] bytes) {}

  private final List<List<Form>> byFirst = new ArrayList<>();
  private final Set<String> found = new HashSet<>();
  private int longest;
  private int files;
  private long bytes;

  private PlaintextSearch(List<String> texts) {
    for (int i = 0; i < BYTES; i++) {
      byFirst.add(new ArrayList<>());
    }
    texts.forEach(this::addForms);
  }

  private void addForms(String text) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    add(new Form(text, plain));
    for (int shift = 0; shift < 3; shift++) {
      byte[] shifted = new byte[shift + plain.length];
      System.arraycopy(plain, 0, shifted, shift, plain.length);
      String base64 = Base64.getEncoder().withoutPadding().encodeToString(shifted);
      // Without the first and last group, which depend on what stands beside the text.
      add(
          new Form(
              text, base64.substring(4, base64.length() - 4).getBytes(StandardCharsets.US_ASCII)));
    }
  }

  private void add(Form form) {
    byFirst.get(form.bytes()[0] & 0xff).add(form);
    longest = Math.max(longest, form.bytes().length);
  }

  /// @param texts of 12 bytes or more
  static Result in(Path folder, List<String> texts) throws IOException {
    PlaintextSearch search = new PlaintextSearch(texts);
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isRegularFile()) {
              search.look(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            // The database removes files of its own while we look.
            return FileVisitResult.CONTINUE;
          }
        });
    return new Result(search.files, search.bytes, search.found);
  }

  private void look(Path file) throws IOException {
    byte[] window = new byte[CHUNK + longest];
    int kept = 0;
    try (InputStream in = Files.newInputStream(file)) {
      files++;
      for (int read = in.readNBytes(window, kept, CHUNK);
          read > 0;
          read = in.readNBytes(window, kept, CHUNK)) {
        bytes += read;
        int end = kept + read;
        search(window, end);
        // What may be the beginning of a text that goes on in the next chunk.
        kept = Math.min(longest - 1, end);
        System.arraycopy(window, end - kept, window, 0, kept);
      }
    } catch (NoSuchFileException | AccessDeniedException e) {
      // As above.
      return;
    }
  }

  private void search(byte[] window, int end) {
    for (int at = 0; at < end; at++) {
      List<Form> forms = byFirst.get(window[at] & 0xff);
      for (int i = 0; i < forms.size(); i++) {
        Form form = forms.get(i);
        if (at + form.bytes().length <= end && matches(window, at, form.bytes())) {
          found.add(form.text());
        }
      }
    }
  }

  private static boolean matches(byte[] window, int at, byte[] form) {
    for (int i = 1; i < form.length; i++) {
      if (window[at + i] != form[i]) {
        return false;
      }
    }
    return true;
  }
}
