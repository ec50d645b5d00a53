package dev.claudemesh.cli.install;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.mcp.HookEvent;
import dev.claudemesh.protocol.Operation.Effect;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Enters claudemesh into Claude Code.
@Does(Effect.WRITE)
@Command(
    name = "install",
    description =
        "Enter claudemesh into Claude Code: its MCP server and its hooks. Nothing else in its files"
            + " changes.",
    footer = {"", "What it would change: claudemesh install --dry-run"})
public final class InstallCommand extends CliCommand {
  @Option(names = "--dry-run", description = "Only show what would change.")
  private boolean dryRun;

  @Option(
      names = "--no-hooks",
      description = "Only the MCP server: others then see less of what a session does.")
  private boolean noHooks;

  @Option(
      names = "--claims",
      description =
          "Also a hook that warns before an edit of a file that somebody else has claimed. Stays"
              + " until uninstall.")
  private boolean claims;

  @Option(
      names = "--status-line",
      description =
          "Also a status line: who is on the mesh, and what waits. One of your own stays as it is.")
  private boolean statusLine;

  @Option(
      names = "--approvals",
      description =
          "Also a hook that asks those you granted approve whether a tool may be used, before you"
              + " are asked yourself. Stays until uninstall.")
  private boolean approvals;

  public InstallCommand(Context context) {
    super(context);
  }

  /// What `--json` prints, for uninstall too.
  record Result(boolean changed, boolean dryRun, List<FileResult> files) {

    static Result planned(List<Installation.Change> changes) {
      return new Result(
          !changes.isEmpty(),
          true,
          changes.stream()
              .map(change ->
                  new FileResult(
                      change.path().toString(), Optional.empty(), Optional.of(change.difference())))
              .toList());
    }

    static Result done(List<Installation.Done> done) {
      return new Result(
          !done.isEmpty(),
          false,
          done.stream()
              .map(one ->
                  new FileResult(
                      one.path().toString(), one.backup().map(Path::toString), Optional.empty()))
              .toList());
    }

    Answer answer(String nothing) {
      Answer answer = Answer.of(this);
      for (FileResult file : files) {
        file.difference().ifPresent(lines -> lines.forEach(line -> answer.line(style(line), line)));
        if (file.difference().isEmpty()) {
          answer.line(terminal ->
              terminal.icon(Icon.GOOD)
                  + " "
                  + file.path()
                  + file.backup().map(copy -> "  (as it was: " + copy + ")").orElse(""));
        }
      }
      return changed ? answer : answer.line(Style.MUTED, nothing);
    }

    private static Style style(String line) {
      return line.startsWith("+")
          ? Style.SUCCESS
          : line.startsWith("-") ? Style.ERROR : Style.MUTED;
    }
  }

  /// One file.
  record FileResult(String path, Optional<String> backup, Optional<List<String>> difference) {}

  private Set<HookEvent> also() {
    Set<HookEvent> also = EnumSet.noneOf(HookEvent.class);
    if (claims) {
      also.add(HookEvent.EDIT);
    }
    if (approvals) {
      also.add(HookEvent.PERMISSION);
    }
    return also;
  }

  @Override
  protected Answer answer() throws IOException {
    Path launcher =
        context
            .environment()
            .launcher()
            .orElseThrow(() ->
                new CommandFailure(
                    ExitCode.ARGUMENTS,
                    "It is not known where claudemesh is; start it by its script:"
                        + " <repository>/claudemesh install"));
    Installation installation =
        new Installation(ClaudeFiles.of(context.environment()), context.folder().path());
    if (statusLine) {
      installation
          .ownStatusLine()
          .ifPresent(own ->
              context
                  .terminal()
                  .warn(
                      "You have a status line of your own, which stays as it is. To embed ours,"
                          + " see: claudemesh status-line --help"));
    }
    if (dryRun) {
      return Result.planned(installation.planEntry(launcher, !noHooks, also(), statusLine))
          .answer("Nothing would change.")
          .next("claudemesh install");
    }
    List<Installation.Done> done =
        installation.carryOut(
            () -> installation.planEntry(launcher, !noHooks, also(), statusLine),
            context.clock().instant());
    return Result.done(done)
        .answer("claudemesh is entered into Claude Code already.")
        .remark(
            "  Sessions of Claude Code that you start from now on are on your meshes. To take it"
                + " out again: claudemesh uninstall")
        .next("claudemesh doctor");
  }
}
