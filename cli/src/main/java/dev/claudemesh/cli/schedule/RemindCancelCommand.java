package dev.claudemesh.cli.schedule;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.schedule.ScheduleReply.Cancelled;
import dev.claudemesh.protocol.schedule.ScheduleReply.Entry;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Cancel;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Takes back what was scheduled.
@Does(Effect.WRITE)
@Command(name = "cancel", description = "Cancel what you have scheduled.")
public final class RemindCancelCommand extends MeshCommand {
  @Parameters(
      index = "0",
      paramLabel = "<id>",
      description = "Its id, or the beginning of it: see claudemesh remind list.")
  private String id;

  public RemindCancelCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      List<Entry> meant =
          Reminders.all(link).stream()
              .filter(entry -> entry.nextAt().isPresent() && entry.id().startsWith(id))
              .toList();
      if (meant.size() > 1) {
        throw new CommandFailure(
            ExitCode.ARGUMENTS, "Several ids begin with \"" + id + "\"; write more of it");
      }
      Cancelled cancelled = link.ask(new Cancel(meant.isEmpty() ? id : meant.getFirst().id()));
      if (!cancelled.ok()) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "You have nothing scheduled with the id \"" + id + "\"; see claudemesh remind list");
      }
      return Answer.of(cancelled)
          .line(terminal ->
              terminal.icon(Icon.GOOD)
                  + " will not be sent: "
                  + SafeText.line(meant.isEmpty() ? id : meant.getFirst().message()));
    }
  }
}
