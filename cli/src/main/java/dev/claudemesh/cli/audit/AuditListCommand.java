package dev.claudemesh.cli.audit;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.Span;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.audit.AuditReply;
import dev.claudemesh.protocol.audit.AuditReply.Entry;
import dev.claudemesh.protocol.audit.AuditRequest;
import dev.claudemesh.protocol.config.Membership;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// What happened on a mesh lately.
@Does(Effect.READ)
@Command(name = "list", description = "Show what was changed on the mesh, the newest first.")
public final class AuditListCommand extends MeshCommand {
  @Option(
      names = {"-n", "--limit"},
      paramLabel = "<n>",
      description = "How many entries, 500 at most; 50 if absent.")
  private Optional<Integer> limit = Optional.empty();

  @Option(
      names = "--type",
      paramLabel = "<event>",
      description = "Only this kind, such as message_sent.")
  private Optional<String> type = Optional.empty();

  @Option(
      names = "--by",
      paramLabel = "<member>",
      description = "Only by this member: name, id or key.")
  private Optional<String> actor = Optional.empty();

  @Option(
      names = "--since",
      paramLabel = "<time>",
      converter = Span.class,
      description = "Only of the last 30m, 12h, 7d ….")
  private Optional<Duration> since = Optional.empty();

  @Option(
      names = "--after",
      paramLabel = "<id>",
      description = "Go on below this entry, the last of the list before.")
  private Optional<Long> after = Optional.empty();

  public AuditListCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    Instant now = context.clock().instant();
    AuditReply.Result result;
    try (Link link = Link.open(context, member)) {
      result =
          link.ask(
              new AuditRequest.Query(
                  limit,
                  Optional.empty(),
                  type,
                  actor,
                  since.map(now::minus),
                  Optional.empty(),
                  after));
    }
    Answer answer = Answer.of(result);
    if (result.entries().isEmpty()) {
      return answer.line(Style.MUTED, "Nothing of that kind was changed.");
    }
    Table table = Table.of("ID", "AGO", "WHO", "WHAT", "ABOUT");
    result
        .entries()
        .forEach(entry ->
            table.row(
                Long.toString(entry.id()),
                Span.ago(Duration.between(entry.createdAt(), now)),
                entry.actor().orElse("-"),
                entry.eventType(),
                about(entry)));
    boolean more = result.entries().size() < result.total();
    return answer
        .table(table)
        .next(
            more && result.entries().getLast().id() > 1
                ? "claudemesh audit list --after "
                    + result.entries().getLast().id()
                    + meshFlag(member)
                : "claudemesh audit verify" + meshFlag(member));
  }

  private static String about(Entry entry) {
    return entry.payload().properties().stream()
        .map(field -> field.getKey() + "=" + text(field.getValue()))
        .collect(Collectors.joining(" "));
  }

  private static String text(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }
}
