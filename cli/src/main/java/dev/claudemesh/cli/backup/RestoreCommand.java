package dev.claudemesh.cli.backup;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.ConfigMerge;
import dev.claudemesh.protocol.config.ConfigMerge.Fate;
import dev.claudemesh.protocol.config.ConfigMerge.Outcome;
import dev.claudemesh.protocol.config.PrivateFiles;
import dev.claudemesh.protocol.crypto.PassphraseBox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Puts what was saved back. What is there already stays, and the config as it was is kept beside.
@Does(Effect.WRITE)
@Command(
    name = "restore",
    description = "Bring memberships back from a file that backup made.",
    footer = {"", "Example: claudemesh restore ~/claudemesh.cmb"})
public final class RestoreCommand extends CliCommand {
  private static final long MOST = 16L << 20;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  @Parameters(paramLabel = "<file>", description = "The file that backup wrote.")
  private Path source;

  @Option(
      names = "--passphrase-file",
      paramLabel = "<file>",
      description = "Take the passphrase from the first line of this file; else it is asked for.")
  private Optional<Path> passphraseFile = Optional.empty();

  @Option(
      names = "--replace",
      description = "Where a mesh or setting is there already, take the saved one.")
  private boolean replace;

  public RestoreCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Restored(String file, List<Mesh> meshes, Optional<String> previous) {}

  /// One mesh of the file.
  record Mesh(String id, String slug, Fate fate, int newKeys) {}

  @Override
  protected Answer answer() throws IOException {
    Path file = context.environment().folder().resolve(source).toAbsolutePath().normalize();
    Config saved = opened(file);
    AtomicReference<ConfigMerge> merge = new AtomicReference<>();
    AtomicReference<Optional<Path>> previous = new AtomicReference<>(Optional.empty());
    context
        .config()
        .update(now -> {
          merge.set(ConfigMerge.of(now, saved, replace));
          if (!merge.get().config().equals(now)) {
            previous.set(kept());
          }
          return merge.get().config();
        });
    List<Mesh> meshes =
        merge.get().meshes().stream()
            .map(one ->
                new Mesh(
                    one.membership().meshId(), one.membership().slug(), one.fate(), one.newKeys()))
            .toList();
    Answer answer =
        Answer.of(new Restored(file.toString(), meshes, previous.get().map(Path::toString)))
            .table(table(merge.get()));
    saved.faults().forEach(fault -> answer.remark("  not restored: " + fault));
    previous.get().ifPresent(path -> answer.remark("  The config as it was is in " + path));
    return answer.next("claudemesh list");
  }

  private static Table table(ConfigMerge merge) {
    Table table = Table.of("MESH", "BROKER", "WHAT HAPPENED");
    merge
        .meshes()
        .forEach(one ->
            table.row(
                one.fate() == Fate.KEPT ? Style.MUTED : null,
                one.membership().slug(),
                one.membership().brokerUrl().toString(),
                told(one)));
    return table;
  }

  private static String told(Outcome one) {
    return switch (one.fate()) {
      case ADDED -> "restored";
      case REPLACED -> "replaced by the saved one";
      case KEPT ->
          (one.otherKey()
                  ? "yours stayed, which has another key (--replace takes the saved one)"
                  : "was there already")
              + (one.newKeys() > 0 ? "; " + one.newKeys() + " older mesh keys came" : "");
    };
  }

  private Config opened(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "There is no file " + file);
    }
    byte[] bytes = Files.size(file) > MOST ? new byte[0] : Files.readAllBytes(file);
    if (!PassphraseBox.isOne(bytes)) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS, file + " is not a file that claudemesh backup wrote");
    }
    char[] passphrase = new Passphrase(context, passphraseFile).known();
    try {
      return PassphraseBox.open(bytes, passphrase)
          .map(text -> Config.parse(text, "What stands in " + file))
          .orElseThrow(() ->
              new CommandFailure(
                  ExitCode.AUTH,
                  "The passphrase is wrong, or "
                      + file
                      + " is damaged; nobody can tell which. Nothing was changed."));
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }

  /// A copy of the config as it is, for whoever wants it back.
  private Optional<Path> kept() {
    Path config = context.config().path();
    if (!Files.exists(config)) {
      return Optional.empty();
    }
    String name = "config.before-restore-" + STAMP.format(context.clock().instant());
    Path copy = config.resolveSibling(name + ".json");
    for (int i = 2; Files.exists(copy); i++) {
      copy = config.resolveSibling(name + "-" + i + ".json");
    }
    try {
      PrivateFiles.write(copy, Files.readAllBytes(config));
      return Optional.of(copy);
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.PERMISSION, copy + " cannot be written. Nothing was changed.");
    }
  }
}
