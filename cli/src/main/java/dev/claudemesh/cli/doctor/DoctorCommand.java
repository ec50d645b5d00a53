package dev.claudemesh.cli.doctor;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.doctor.Finding.Level;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/// Looks at everything claudemesh needs on this machine. Changes nothing.
@Does(Effect.READ)
@Command(
    name = "doctor",
    description = "Tell what is wrong on this machine and how to mend it; changes nothing.")
public final class DoctorCommand extends CliCommand {
  public DoctorCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Report(boolean ok, List<Finding> findings) {}

  @Override
  protected Answer answer() throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.add(ConfigChecks.java(Runtime.version(), System.getProperty("java.home")));
    ConfigChecks config = new ConfigChecks(context);
    findings.addAll(config.findings());
    List<Membership> members = config.config().map(Config::memberships).orElse(List.of());
    findings.addAll(new MeshChecks(context).findings(members));
    findings.addAll(new ClaudeChecks(context).findings());
    findings.addAll(new BrokerChecks(context).findings());
    Optional<Finding> bad =
        findings.stream().filter(finding -> finding.level() == Level.BAD).findFirst();
    Optional<Finding> first =
        bad.or(() ->
            findings.stream().filter(finding -> finding.level() == Level.WARNING).findFirst());
    Answer answer = Answer.of(new Report(bad.isEmpty(), findings));
    findings.forEach(finding -> answer.line(terminal -> line(terminal, finding)));
    return answer.exit(bad.map(Finding::exit).orElse(ExitCode.OK)).next(next(first));
  }

  /// A step that is no command of ours stands with its finding; after it, the doctor looks again.
  private static String next(Optional<Finding> first) {
    return first
        .flatMap(Finding::mend)
        .map(mend -> mend.startsWith("claudemesh ") ? mend : "claudemesh doctor")
        .orElse("claudemesh peers");
  }

  private static String line(Terminal terminal, Finding finding) {
    Icon icon =
        switch (finding.level()) {
          case GOOD -> Icon.GOOD;
          case WARNING -> Icon.WARN;
          case BAD -> Icon.BAD;
        };
    String what = terminal.icon(icon) + " " + SafeText.body(finding.what());
    return finding
        .mend()
        .map(mend -> what + "\n    " + terminal.in(Style.MUTED, "mend: ") + SafeText.line(mend))
        .orElse(what);
  }
}
