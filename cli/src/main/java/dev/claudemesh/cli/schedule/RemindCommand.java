package dev.claudemesh.cli.schedule;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.Span;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.Target;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.schedule.ScheduleReply.Scheduled;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Schedule;
import dev.claudemesh.protocol.schedule.ScheduleRequest.When;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Has a message sent later; without a text it lists what was scheduled.
@Does(Effect.WRITE)
@Command(
    name = "remind",
    description = "Have a message sent later, to yourself or to others; alone, list them.",
    subcommands = {RemindListCommand.class, RemindCancelCommand.class},
    footer = {
      "",
      "Examples: claudemesh remind \"look at the build\" --in 2h30m",
      "          claudemesh remind \"stand-up\" --to @backend --cron \"0 9 * * MON-FRI\"",
      "          claudemesh remind \"call Ana\" --at \"tomorrow 9:00\""
    })
public final class RemindCommand extends MeshCommand {
  private static final DateTimeFormatter DAY_AND_TIME =
      DateTimeFormatter.ofPattern("EEE d MMM yyyy HH:mm", Locale.ENGLISH);

  @Parameters(index = "0..*", arity = "0..*", paramLabel = "<text>", description = "The message.")
  private List<String> text = List.of();

  @Option(
      names = "--in",
      paramLabel = "<span>",
      converter = Span.class,
      description = "Send it so long from now: 45s, 30m, 2h30m, 7d.")
  private Optional<Duration> in = Optional.empty();

  @Option(
      names = "--at",
      paramLabel = "<time>",
      description = "Send it then: 17:30, \"tomorrow 9:00\", \"mon 9:00\", 2026-12-01T09:00.")
  private Optional<String> at = Optional.empty();

  @Option(
      names = "--cron",
      paramLabel = "<fields>",
      description = "Send it again and again: minute, hour, day of month, month, day of week.")
  private Optional<String> cron = Optional.empty();

  @Option(
      names = "--to",
      paramLabel = "<name>",
      description = "Name, @group, * for everyone, or a key; you, if absent.")
  private Optional<String> to = Optional.empty();

  @Option(
      names = "--tz",
      paramLabel = "<zone>",
      description =
          "Time zone of --at and --cron, such as Europe/Madrid; this machine's if absent.")
  private Optional<String> zone = Optional.empty();

  @Spec private CommandSpec spec;

  public RemindCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Planned(
      String id,
      String to,
      String target,
      Instant deliverAt,
      Optional<String> cron,
      Optional<String> timezone,
      String mesh) {}

  @Override
  public Integer call() throws Exception {
    if (!text.isEmpty()) {
      return super.call();
    }
    CommandLine list = spec.subcommands().get("list");
    return json ? list.execute("--json") : list.execute();
  }

  @Override
  protected Answer answer() {
    When when = when();
    String message = String.join(" ", text);
    if (message.isBlank()) {
      throw new Problem(ProblemCode.INVALID_ARGUMENT, "There is no text to send");
    }
    List<String> slugs =
        context.config().read().memberships().stream().map(Membership::slug).toList();
    Optional<Targets.Scoped> scoped = to.map(name -> Targets.split(name, slugs));
    Membership member = membership(scoped.flatMap(Targets.Scoped::mesh).or(() -> mesh));
    try (Link link = Link.open(context, member)) {
      Optional<Target> target = scoped.map(name -> link.targets().resolveLasting(name.name()));
      String spec = target.map(Target::spec).orElse(member.key().publicKey().hex());
      Scheduled scheduled =
          link.ask(
              Schedule.of(
                  spec, message, when, Optional.of(Priority.NOW), UUID.randomUUID().toString()));
      Planned planned =
          new Planned(
              scheduled.scheduledId(),
              target.map(Target::label).orElse("you"),
              spec,
              Instant.ofEpochMilli(scheduled.deliverAt()),
              scheduled.cron(),
              scheduled.timezone(),
              member.slug());
      return Answer.of(planned)
          .line(terminal -> line(terminal, planned))
          .next("claudemesh remind cancel " + planned.id().substring(0, 8) + meshFlag(member));
    }
  }

  private String line(Terminal terminal, Planned planned) {
    return terminal.icon(Icon.GOOD)
        + " to "
        + SafeText.line(planned.to())
        + " on "
        + DAY_AND_TIME.format(planned.deliverAt().atZone(zone()))
        + planned.cron().map(fields -> ", then by " + SafeText.line(fields)).orElse("");
  }

  private When when() {
    if (in.stream().count() + at.stream().count() + cron.stream().count() != 1) {
      throw new Problem(ProblemCode.INVALID_ARGUMENT, "Say when by one of --in, --at and --cron");
    }
    Instant now = context.clock().instant();
    if (cron.isPresent()) {
      return When.cron(cron.get(), zone().getId());
    }
    return When.at(in.map(now::plus).orElseGet(() -> spoken(at.orElseThrow(), now)).toEpochMilli());
  }

  private Instant spoken(String moment, Instant now) {
    return SpokenTime.parse(moment, now.atZone(zone()))
        .orElseThrow(() ->
            new Problem(
                ProblemCode.INVALID_ARGUMENT,
                "\"" + moment + "\" is not a time; " + SpokenTime.FORMS));
  }

  private ZoneId zone() {
    try {
      return zone.map(ZoneId::of).orElseGet(ZoneId::systemDefault);
    } catch (DateTimeException e) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "There is no time zone \"" + zone.orElseThrow() + "\"; write it like Europe/Madrid");
    }
  }
}
