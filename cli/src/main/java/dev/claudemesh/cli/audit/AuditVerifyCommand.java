package dev.claudemesh.cli.audit;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.audit.AuditChain;
import dev.claudemesh.protocol.audit.AuditChain.Break;
import dev.claudemesh.protocol.audit.AuditReply;
import dev.claudemesh.protocol.audit.AuditRequest;
import dev.claudemesh.protocol.config.Membership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Whether the audit stands as it was written. Ends with 8 where it does not.
@Does(Effect.READ)
@Command(
    name = "verify",
    description =
        "Check the audit for entries that were changed or removed: the broker's, or an export"
            + " without the broker.")
public final class AuditVerifyCommand extends MeshCommand {
  /// A broker checks some hundred million entries meanwhile.
  private static final Duration LONGEST = Duration.ofMinutes(10);

  @Option(
      names = "--file",
      paramLabel = "<export.jsonl>",
      description = "Check this export, on this machine alone.")
  private Optional<Path> file = Optional.empty();

  @Option(
      names = "--with-broker",
      description =
          "With --file: also ask the broker whether its audit still has the export's last entry,"
              + " which shows a chain that was written anew.")
  private boolean compare;

  public AuditVerifyCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Checked(boolean valid, long entries, Optional<Long> brokenAt, Optional<String> reason) {}

  @Override
  protected Answer answer() throws IOException {
    if (file.isPresent()) {
      return shown(file(context.environment().folder().resolve(file.get())), "This export");
    }
    Membership member = membership();
    try (Link link = Link.patient(context, member, LONGEST)) {
      AuditReply.Verified verified = link.ask(new AuditRequest.Verify());
      return shown(
          new Checked(verified.valid(), verified.entries(), verified.brokenAt(), verified.reason()),
          "The audit of " + member.slug());
    }
  }

  private Checked file(Path path) throws IOException {
    if (!Files.isReadable(path)) {
      throw new CommandFailure(ExitCode.NOT_FOUND, "There is no file " + path + " to read");
    }
    ExportCheck check = new ExportCheck();
    Optional<Break> broken;
    try (Stream<String> lines = Files.lines(path)) {
      broken = check.walk(lines.iterator());
    }
    if (broken.isEmpty() && compare) {
      broken = check.end().flatMap(end -> withBroker(check.meshId(), end));
    }
    if (broken.isEmpty() && check.end().isPresent() && !check.whole()) {
      context.terminal().talk("It begins in the middle; what stood before is not checked.");
    }
    return new Checked(
        broken.isEmpty(), check.lines(), broken.map(Break::at), broken.map(Break::reason));
  }

  /// Whether the broker's chain has the same entry in the same place.
  private Optional<Break> withBroker(String meshId, AuditChain end) {
    Membership member = membership(mesh.or(() -> Optional.of(meshId)));
    List<AuditReply.Entry> found;
    try (Link link = Link.open(context, member)) {
      found =
          link.ask(
                  new AuditRequest.Export(
                      Optional.of(end.last() - 1), Optional.empty(), Optional.of(1)))
              .entries();
    }
    return found.stream().anyMatch(entry -> entry.hash().equals(end.hash()))
        ? Optional.empty()
        : Optional.of(
            new Break(end.last(), "is not in the broker's audit as it is in this export"));
  }

  private static Answer shown(Checked checked, String what) {
    Answer answer = Answer.of(checked);
    String name = SafeText.line(what);
    if (checked.valid()) {
      return answer.line(terminal ->
          terminal.icon(Icon.GOOD) + " " + name + " holds: " + checked.entries() + " entries");
    }
    return answer
        .line(
            Style.ERROR,
            name
                + " does not hold: entry "
                + checked.brokenAt().map(Object::toString).orElse("?")
                + " "
                + SafeText.line(checked.reason().orElse("")))
        .exit(ExitCode.INTERNAL);
  }
}
