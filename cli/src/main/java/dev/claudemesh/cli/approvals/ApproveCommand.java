package dev.claudemesh.cli.approvals;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Approving;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.mcp.approvals.PermissionAnswer;
import dev.claudemesh.mcp.approvals.Verdict;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.approvals.ApprovalEvent;
import dev.claudemesh.protocol.approvals.ApprovalOutcome;
import dev.claudemesh.protocol.config.Membership;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Shows what sessions ask to be allowed, and answers.
@Does(Effect.WRITE)
@Command(
    name = "approve",
    description =
        "See what sessions of those who let you decide ask to be allowed, and answer. Without an"
            + " id it stays and shows requests as they come.",
    footer = {
      "",
      "They let you by: claudemesh grant <your name> approve; and: claudemesh install --approvals",
      "With --json and no id it prints one line for each request, and answers nothing."
    })
public final class ApproveCommand extends MeshCommand {
  private static final Duration COUNTS = Duration.ofSeconds(5);
  private static final int SHORTEST_ID = 4;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "<id>",
      description = "A request, by its id or how that begins; alone, it is shown in full.")
  private Optional<String> id = Optional.empty();

  @Option(names = "--list", description = "Only list what is open now.")
  private boolean list;

  @ArgGroup private Said said = new Said();

  @Option(
      names = "--reason",
      paramLabel = "<text>",
      description = "Why it is denied; the model is told.")
  private Optional<String> reason = Optional.empty();

  public ApproveCommand(Context context) {
    super(context);
  }

  /// One of them, or none.
  static final class Said {
    @Option(names = "--allow", description = "Allow this one call.")
    private boolean allow;

    @Option(
        names = "--allow-session",
        description = "Allow it, and what its rules say until the session ends.")
    private boolean allowSession;

    @Option(names = "--deny", description = "Deny it.")
    private boolean deny;

    private Optional<Verdict> verdict() {
      return allow
          ? Optional.of(Verdict.ALLOW)
          : allowSession
              ? Optional.of(Verdict.ALLOW_SESSION)
              : deny ? Optional.of(Verdict.DENY) : Optional.empty();
    }
  }

  /// What `--list --json` prints.
  record Listed(List<Asked.View> requests, String mesh) {}

  /// What answering prints.
  ///
  /// @param counted whether the asker said that this answer was the one
  record Answered(String id, String verdict, boolean counted, Optional<ApprovalOutcome> outcome) {}

  @Override
  public Integer call() throws Exception {
    Approving.byPersonOnly(context);
    if (id.isPresent() || list) {
      return super.call();
    }
    if (said.verdict().isPresent()) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS, "Say which request; claudemesh approve --list shows their ids");
    }
    Membership member = membership();
    try (Requests requests = new Requests(context, member)) {
      new WatchLoop(context, member, requests, json).run();
    }
    return ExitCode.OK.number();
  }

  @Override
  protected Answer answer() throws InterruptedException {
    Membership member = membership();
    try (Requests requests = new Requests(context, member)) {
      List<Asked> open = requests.open(said.verdict().isPresent());
      if (id.isEmpty()) {
        return list(open, member);
      }
      Asked one = one(open, id.get());
      return said.verdict().isPresent()
          ? decide(requests, member, one, said.verdict().get())
          : show(one);
    }
  }

  private static Asked one(List<Asked> open, String id) {
    List<Asked> found =
        id.length() < SHORTEST_ID
            ? List.of()
            : open.stream().filter(asked -> asked.id().startsWith(id)).toList();
    if (found.size() != 1) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "No request \"" + SafeText.line(id) + "\" is open; it may be settled, or its time over");
    }
    return found.getFirst();
  }

  private Answer list(List<Asked> open, Membership member) {
    Answer answer = Answer.of(new Listed(open.stream().map(Asked::view).toList(), member.slug()));
    if (open.isEmpty()) {
      return answer
          .line(Style.MUTED, "Nobody asks you for anything now.")
          .next("claudemesh approve");
    }
    Instant now = context.clock().instant();
    Table table = Table.of("ID", "FROM", "TOOL", "FOLDER", "LEFT");
    open.forEach(asked ->
        table.row(
            QuestionScreen.shortId(asked),
            asked.fromName(),
            asked.question().tool(),
            asked.question().folder(),
            Duration.between(now, asked.until()).toSeconds() + " s"));
    return answer.table(table).next("claudemesh approve <id>");
  }

  private Answer show(Asked asked) {
    Answer answer = Answer.of(asked.view());
    QuestionScreen.head(asked).forEach(answer::line);
    QuestionScreen.input(asked, context.terminal().width()).forEach(answer::line);
    String rules = QuestionScreen.rules(asked);
    if (!rules.isEmpty()) {
      answer.line("  for the session: " + rules);
    }
    return answer.next("claudemesh approve " + QuestionScreen.shortId(asked) + " --allow");
  }

  private Answer decide(Requests requests, Membership member, Asked asked, Verdict verdict)
      throws InterruptedException {
    if (reason.filter(text -> text.length() > PermissionAnswer.MOST_REASON).isPresent()) {
      throw new Problem(
          ProblemCode.TOO_LARGE,
          "A reason has at most " + PermissionAnswer.MOST_REASON + " characters");
    }
    requests.link().ask(asked.answer(verdict, reason, member.key()));
    Optional<ApprovalEvent.Settled> settled = settled(requests, asked.id());
    boolean counted =
        settled
            .flatMap(ApprovalEvent.Settled::by)
            .filter(member.key().publicKey().hex()::equals)
            .isPresent();
    return Answer.of(
            new Answered(
                asked.id(), verdict.word(), counted, settled.map(ApprovalEvent.Settled::outcome)))
        .line(terminal ->
            counted
                ? terminal.icon(Icon.GOOD) + " " + verdict.word() + ": it was told so"
                : terminal.icon(Icon.WARN)
                    + " "
                    + settled
                        .map(end -> "It was settled otherwise: " + end.outcome())
                        .orElse(
                            "Your answer was passed on, but the asker did not take it: does "
                                + SafeText.line(asked.fromName())
                                + " let you decide?"))
        .exit(counted ? ExitCode.OK : ExitCode.PERMISSION);
  }

  private static Optional<ApprovalEvent.Settled> settled(Requests requests, String id)
      throws InterruptedException {
    long until = System.nanoTime() + COUNTS.toNanos();
    for (long left = COUNTS.toNanos(); left > 0; left = until - System.nanoTime()) {
      if (requests.next(Duration.ofNanos(left)) instanceof ApprovalEvent.Settled end
          && end.approvalId().equals(id)) {
        return Optional.of(end);
      }
    }
    return Optional.empty();
  }
}
