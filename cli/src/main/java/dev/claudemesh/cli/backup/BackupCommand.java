package dev.claudemesh.cli.backup;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.config.PrivateFiles;
import dev.claudemesh.protocol.crypto.PassphraseBox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Saves the config with its keys under a passphrase.
@Does(Effect.WRITE)
@Command(
    name = "backup",
    description = "Save your memberships with their keys into a file under a passphrase.",
    footer = {"", "Example: claudemesh backup ~/claudemesh.cmb"})
public final class BackupCommand extends CliCommand {
  @Parameters(paramLabel = "<file>", description = "The file to write, such as claudemesh.cmb.")
  private Path target;

  @Option(
      names = "--passphrase-file",
      paramLabel = "<file>",
      description = "Take the passphrase from the first line of this file; else it is asked for.")
  private Optional<Path> passphraseFile = Optional.empty();

  @Option(names = "--force", description = "Replace the file if it is there.")
  private boolean force;

  public BackupCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Saved(String file, List<String> meshes) {}

  @Override
  protected Answer answer() throws IOException {
    Path file = context.environment().folder().resolve(target).toAbsolutePath().normalize();
    Config config = context.config().read();
    if (config.memberships().isEmpty() && config.faults().isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, "You are in no mesh yet, so there is nothing to save.");
    }
    check(file);
    write(file, config);
    List<String> slugs = config.memberships().stream().map(Membership::slug).toList();
    return Answer.of(new Saved(file.toString(), slugs))
        .line(terminal ->
            terminal.icon(Icon.GOOD)
                + " Saved "
                + slugs.stream().map(SafeText::line).collect(Collectors.joining(", "))
                + " to "
                + file)
        .remark("  It opens with the passphrase only; nobody can tell you which it was.")
        .next("claudemesh restore " + file.getFileName() + "   (where you need it)");
  }

  private void check(Path file) {
    if (Files.isDirectory(file) || !Files.isDirectory(file.getParent())) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, file + " cannot be written: name a file in a folder that is there");
    }
    if (Files.exists(file) && !force) {
      throw new CommandFailure(
          ExitCode.EXISTS, file + " is there already; replace it with --force.");
    }
  }

  private void write(Path file, Config config) throws IOException {
    char[] passphrase = new Passphrase(context, passphraseFile).chosen();
    try {
      PrivateFiles.write(file, PassphraseBox.seal(config.text(), passphrase));
    } catch (IOException e) {
      throw new CommandFailure(
          ExitCode.PERMISSION,
          file + " cannot be written (" + e.getClass().getSimpleName() + "). Nothing was changed.");
    } finally {
      Arrays.fill(passphrase, '\0');
    }
  }
}
