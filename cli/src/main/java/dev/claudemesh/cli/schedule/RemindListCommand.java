package dev.claudemesh.cli.schedule;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.Span;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.schedule.ScheduleReply.Entry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// What is to be sent, and what could not be.
@Does(Effect.READ)
@Command(name = "list", description = "List what you have scheduled, the next one first.")
public final class RemindListCommand extends MeshCommand {
  private static final int SHORT = 8;

  public RemindListCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Planned(List<Entry> messages) {}

  @Override
  protected Answer answer() {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      List<Entry> entries = Reminders.all(link);
      Answer answer = Answer.of(new Planned(entries));
      if (entries.isEmpty()) {
        return answer
            .line(Style.MUTED, "Nothing is scheduled.")
            .next("claudemesh remind \"<text>\" --in 30m" + meshFlag(member));
      }
      Targets names = link.targets();
      Table table = Table.of("ID", "NEXT", "TO", "MESSAGE", "NOTE");
      String self = member.key().publicKey().hex();
      Instant now = context.clock().instant();
      for (Entry entry : entries) {
        table.row(
            entry.id().substring(0, SHORT),
            entry.nextAt().map(next -> next(next, now)).orElse("ended"),
            entry.to().equals(self) ? "you" : names.label(entry.to()),
            entry.ownCopy().isPresent() ? "(closed)" : entry.message(),
            note(entry));
      }
      return answer.table(table);
    }
  }

  private static String next(Instant next, Instant now) {
    return next.isAfter(now) ? "in " + Span.ago(Duration.between(now, next)) : "now";
  }

  private static String note(Entry entry) {
    return Stream.of(
            entry.cron().map(cron -> cron + entry.timezone().map(zone -> " " + zone).orElse("")),
            entry.firedCount().filter(sent -> sent > 0).map(sent -> "sent " + sent + "x"),
            entry.missed().map(missed -> "missed " + missed),
            entry.problem().map(problem -> "not sent: " + problem))
        .flatMap(Optional::stream)
        .collect(Collectors.joining(", "));
  }
}
