package dev.claudemesh.cli.install;

import dev.claudemesh.mcp.HookEvent;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Enters us into Claude Code's files, and takes us out: reads all of them, works out all of them,
/// and only then writes.
final class Installation {
  private static final int TRIES = 5;

  private final ClaudeFiles files;
  private final Path receiptFile;

  Installation(ClaudeFiles files, Path configFolder) {
    this.files = files;
    this.receiptFile = configFolder.resolve("installed.json");
  }

  /// What is to become of one file.
  ///
  /// @param after empty if the file is to go
  record Change(
      Path path,
      Optional<String> before,
      Optional<String> after,
      boolean created,
      List<TextEdit> edits) {
    boolean changesSomething() {
      return !before.equals(after);
    }

    List<String> difference() {
      return UnifiedDiff.of(path.toString(), before.orElse(""), after.orElse(""));
    }
  }

  /// What was done to one file.
  record Done(Path path, Optional<Path> backup) {}

  /// Works out what entering us changes, and changes nothing.
  ///
  /// @param also hooks that are there only where they were asked for
  /// @param statusLine whether ours is to be shown where the user has none
  List<Change> planEntry(Path launcher, boolean hooks, Set<HookEvent> also, boolean statusLine) {
    Registration registration = new Registration(launcher);
    List<Change> changes = new ArrayList<>();
    changes.add(entered(files.servers(), registration::enterServer));
    if (hooks || statusLine) {
      changes.add(
          entered(
              files.settings(),
              file -> {
                if (hooks) {
                  registration.enterHooks(file, also);
                }
                if (statusLine) {
                  registration.enterStatusLine(file);
                }
              }));
    }
    return changes.stream().filter(Change::changesSomething).toList();
  }

  /// Works out what taking us out changes, and changes nothing.
  List<Change> planRemoval() {
    Receipt receipt = Receipt.read(receiptFile);
    return List.of(
            removed(files.servers(), receipt.of(files.servers()), Registration::removeServer),
            removed(
                files.settings(), receipt.of(files.settings()), Registration::removeFromSettings))
        .stream()
        .filter(Change::changesSomething)
        .toList();
  }

  /// The command of the user's own status line, which stays; empty if there is none, or it is ours.
  Optional<String> ownStatusLine() {
    return new ForeignFile(files.settings())
        .read()
        .filter(text -> !text.isBlank())
        .flatMap(
            text -> Registration.ownStatusLine(new JsonFile(text, files.settings().toString())));
  }

  private interface Step {
    void on(JsonFile file);
  }

  private static Change entered(Path path, Step step) {
    Optional<String> before = new ForeignFile(path).read();
    boolean blank = before.filter(text -> !text.isBlank()).isEmpty();
    JsonFile file = new JsonFile(blank ? "{}\n" : before.get(), path.toString());
    step.on(file);
    return new Change(path, before, Optional.of(file.text()), before.isEmpty(), file.inserted());
  }

  private static Change removed(Path path, Receipt.Entry receipt, Step step) {
    Optional<String> before = new ForeignFile(path).read();
    if (before.filter(text -> !text.isBlank()).isEmpty()) {
      return new Change(path, before, before, false, List.of());
    }
    JsonFile file = new JsonFile(before.get(), path.toString());
    file.takeBack(receipt.edits());
    step.on(file);
    boolean goes = receipt.created() && file.root().fields().isEmpty();
    return new Change(
        path, before, goes ? Optional.empty() : Optional.of(file.text()), false, List.of());
  }

  /// Works out by {@code plan} and writes it, each file after a copy was put aside. If a file
  /// cannot be written, those before it get their old text back.
  ///
  /// @return the files that were changed
  /// @throws Problem `busy` if somebody else keeps changing them
  List<Done> carryOut(java.util.function.Supplier<List<Change>> plan, Instant now)
      throws IOException {
    for (int attempt = 0; attempt < TRIES; attempt++) {
      List<Change> changes = plan.get();
      Optional<List<Done>> done = write(changes, now);
      if (done.isPresent()) {
        keepReceipt(changes);
        return done.get();
      }
    }
    throw new Problem(
        ProblemCode.BUSY,
        "Claude Code keeps changing its files just now; end its sessions or try again in a moment");
  }

  private Optional<List<Done>> write(List<Change> changes, Instant now) {
    List<Change> written = new ArrayList<>();
    List<Done> done = new ArrayList<>();
    try {
      for (Change change : changes) {
        ForeignFile file = new ForeignFile(change.path());
        Optional<Path> backup = change.before().map(text -> file.backUp(files.backups(), now));
        if (change.after().isEmpty()) {
          file.delete();
        } else if (!file.replace(change.before(), change.after().get())) {
          written.forEach(Installation::undo);
          return Optional.empty();
        }
        written.add(change);
        done.add(new Done(change.path(), backup));
      }
      return Optional.of(done);
    } catch (Problem e) {
      written.forEach(Installation::undo);
      throw e;
    }
  }

  private static void undo(Change change) {
    ForeignFile file = new ForeignFile(change.path());
    if (change.before().isEmpty()) {
      file.delete();
    } else {
      file.replace(change.after(), change.before().get());
    }
  }

  private void keepReceipt(List<Change> changes) throws IOException {
    Receipt receipt = Receipt.read(receiptFile);
    for (Change change : changes) {
      receipt =
          change.edits().isEmpty()
              ? receipt.without(change.path())
              : receipt.with(change.path(), change.created(), change.edits());
    }
    receipt.write(receiptFile);
  }
}
