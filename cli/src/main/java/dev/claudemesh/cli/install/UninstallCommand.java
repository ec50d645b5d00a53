package dev.claudemesh.cli.install;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.protocol.Operation.Effect;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Takes claudemesh out of Claude Code.
@Does(Effect.WRITE)
@Command(
    name = "uninstall",
    description = "Take claudemesh out of Claude Code; your meshes and keys stay.")
public final class UninstallCommand extends CliCommand {
  @Option(names = "--dry-run", description = "Only show what would change.")
  private boolean dryRun;

  public UninstallCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() throws IOException {
    Installation installation =
        new Installation(ClaudeFiles.of(context.environment()), context.folder().path());
    if (dryRun) {
      return InstallCommand.Result.planned(installation.planRemoval())
          .answer("Nothing would change.")
          .next("claudemesh uninstall");
    }
    List<Installation.Done> done =
        installation.carryOut(installation::planRemoval, context.clock().instant());
    return InstallCommand.Result.done(done)
        .answer("claudemesh is not entered into Claude Code.")
        .next("claudemesh install");
  }
}
