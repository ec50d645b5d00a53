package dev.claudemesh.cli.claude;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.mcp.Hook;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// What a hook of Claude Code runs. Never fails and is silent about trouble: it stands in the way
/// of a prompt.
@Command(name = "hook", description = "What the hooks of Claude Code run; not for people.")
public final class HookCommand extends CliCommand {
  @Parameters(paramLabel = "<event>", description = "What happened.")
  private String event;

  public HookCommand(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    try {
      new Hook(context.environment().variables(), context.folder())
          .run(event, context.environment().in(), context.terminal().out());
    } catch (RuntimeException e) {
      if (context.environment().variable("CLAUDEMESH_HOOK_DEBUG").isPresent()) {
        e.printStackTrace(context.terminal().err());
      }
    }
    return ExitCode.OK.number();
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("A hook answers on its own");
  }
}
