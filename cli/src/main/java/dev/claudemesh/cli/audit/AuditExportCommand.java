package dev.claudemesh.cli.audit;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.Span;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.audit.AuditChain.Break;
import dev.claudemesh.protocol.audit.AuditReply.Entry;
import dev.claudemesh.protocol.audit.AuditReply.Exported;
import dev.claudemesh.protocol.audit.AuditRequest;
import dev.claudemesh.protocol.config.Membership;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Prints the audit, the oldest entry first, one JSON object a line. Each line is checked on its
/// way.
@Does(Effect.READ)
@Command(
    name = "export",
    description = "Print the audit as lines of JSON, to be kept and checked elsewhere.",
    footer = {
      "",
      "Example: claudemesh audit export > audit.jsonl && claudemesh audit verify --file audit.jsonl"
    })
public final class AuditExportCommand extends MeshCommand {
  @Option(
      names = "--since",
      paramLabel = "<time>",
      converter = Span.class,
      description = "Only of the last 30m, 12h, 7d …; everything if absent.")
  private Optional<Duration> since = Optional.empty();

  public AuditExportCommand(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    return export().print(context.terminal(), false);
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("Prints line by line");
  }

  private Answer export() {
    Membership member = membership();
    Optional<Instant> from = since.map(context.clock().instant()::minus);
    ExportCheck check = new ExportCheck();
    try (Link link = Link.open(context, member)) {
      Exported page = link.ask(new AuditRequest.Export(Optional.empty(), from, Optional.empty()));
      print(page, check);
      while (page.next().isPresent()) {
        page = link.ask(new AuditRequest.Export(page.next(), Optional.empty(), Optional.empty()));
        print(page, check);
      }
    }
    return Answer.of(Map.of())
        .remark(
            check
                .end()
                .map(end ->
                    check.lines()
                        + " entries up to "
                        + end.last()
                        + ", whose hash is "
                        + end.hash())
                .orElse("The audit has no entries there."));
  }

  private void print(Exported page, ExportCheck check) {
    String before = page.prevHash();
    for (Entry entry : page.entries()) {
      ExportLine line = ExportLine.of(page.meshId(), before, entry);
      Optional<Break> broken = check.take(line);
      if (broken.isPresent()) {
        throw new CommandFailure(
            ExitCode.INTERNAL,
            "The audit does not hold, so the export ends here: entry "
                + broken.get().at()
                + " "
                + broken.get().reason());
      }
      context.terminal().data(line.text());
      before = entry.hash();
    }
  }
}
