package dev.claudemesh.cli.approvals;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.mcp.approvals.PermissionAnswer;
import dev.claudemesh.mcp.approvals.Verdict;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.approvals.ApprovalEvent;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Shows requests one after the other and takes what a person types: `a`, `s`, `d why`, `i`, `v`.
///
/// Nobody allows what they have not seen: what was typed before a request stood there, or within a
/// moment of it, is not for it; and one that is longer than the screen is first shown in full.
final class WatchLoop {
  private static final Duration TICK = Duration.ofMillis(500);

  /// Nobody reads faster.
  private static final Duration LOOK = Duration.ofMillis(700);

  private static final int MOST_ROWS = 40;

  private final Context context;
  private final Terminal terminal;
  private final Membership member;
  private final Requests requests;
  private final boolean json;
  private final Map<String, Asked> open = new LinkedHashMap<>();
  private Optional<Asked> current = Optional.empty();
  private Instant shownAt = Instant.EPOCH;
  private boolean shownInFull;

  WatchLoop(Context context, Membership member, Requests requests, boolean json) {
    this.context = context;
    this.terminal = context.terminal();
    this.member = member;
    this.requests = requests;
    this.json = json;
  }

  /// A line somebody typed, and when it was read.
  private record Typed(String line, Instant at) {}

  /// What `--json` prints when a request ends.
  private record Ended(String settled, String outcome, Optional<String> by) {}

  /// Runs until the connection is ended for good; Ctrl-C ends the process.
  void run() throws InterruptedException {
    if (!json) {
      Thread.ofPlatform().daemon().name("claudemesh-keys").start(this::readKeys);
    }
    requests.open(true).forEach(this::add);
    terminal.talk("Waiting for requests on " + SafeText.line(member.slug()) + "; Ctrl-C ends it.");
    while (true) {
      showNext();
      switch (requests.next(TICK)) {
        case null -> {}
        case ApprovalEvent.Asked event -> requests.read(event).ifPresent(this::add);
        case ApprovalEvent.Settled event -> settled(event);
        case Typed typed -> typed(typed);
        case HelloAck again -> {
          open.clear();
          current = Optional.empty();
          requests.open(true).forEach(this::add);
        }
        case Problem ended -> throw ended;
        default -> {}
      }
      expire();
    }
  }

  private void readKeys() {
    try {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(context.environment().in(), StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        requests.offer(new Typed(line.strip(), context.clock().instant()));
      }
    } catch (IOException e) {
      terminal.warn("Nothing can be typed any more");
    }
  }

  private void add(Asked asked) {
    if (open.putIfAbsent(asked.id(), asked) != null) {
      return;
    }
    if (json) {
      terminal.data(Wire.mapper().writeValueAsString(asked.view()));
    } else if (current.isPresent()) {
      terminal.talk("  (one more waits: " + (open.size() - 1) + " after this)");
    }
  }

  private void showNext() {
    if (json || current.isPresent() || open.isEmpty()) {
      return;
    }
    current = Optional.of(open.values().iterator().next());
    show(current.get(), !terminal.interactive());
  }

  private void show(Asked asked, boolean full) {
    List<String> rows = QuestionScreen.input(asked, terminal.width());
    shownInFull = full || rows.size() <= MOST_ROWS;
    List<String> head = QuestionScreen.head(asked);
    terminal.data("");
    terminal.data(terminal.in(Style.STRONG, head.getFirst()));
    head.subList(1, head.size()).forEach(terminal::data);
    (shownInFull ? rows : rows.subList(0, MOST_ROWS)).forEach(terminal::data);
    if (!shownInFull) {
      terminal.data(
          terminal.in(
              Style.WARNING, "  " + (rows.size() - MOST_ROWS) + " more rows; [v] shows all of it"));
    }
    String rules = QuestionScreen.rules(asked);
    if (!rules.isEmpty()) {
      terminal.data("  for the session: " + rules);
    }
    terminal.talk(
        "[a]llow once"
            + (rules.isEmpty() ? "" : ", allow for the [s]ession")
            + ", [d]eny <why>, [i]gnore, [v]iew all; then Enter");
    shownAt = context.clock().instant();
  }

  private void typed(Typed typed) {
    if (current.isEmpty() || typed.line().isEmpty()) {
      return;
    }
    Asked asked = current.get();
    String key = typed.line().split("\\s", 2)[0].toLowerCase(Locale.ROOT);
    String rest = typed.line().substring(key.length()).strip();
    switch (key) {
      case "v" -> show(asked, true);
      case "i" -> {
        open.remove(asked.id());
        current = Optional.empty();
        terminal.talk("Ignored; others may answer it.");
      }
      case "a", "s", "d" -> {
        if (typed.at().isBefore(shownAt.plus(LOOK))) {
          terminal.warn("That was before you can have read it; look, then type it again");
        } else if (key.equals("d")) {
          answer(asked, Verdict.DENY, Optional.of(rest).filter(why -> !why.isEmpty()));
        } else if (!shownInFull) {
          terminal.warn("It is longer than what you see; look at all of it first: v");
        } else if (key.equals("s") && asked.question().rules().isEmpty()) {
          terminal.warn("This cannot be allowed for the session; a allows it once");
        } else {
          answer(asked, key.equals("a") ? Verdict.ALLOW : Verdict.ALLOW_SESSION, Optional.empty());
        }
      }
      default -> terminal.talk("Type a, s, d, i or v, then Enter");
    }
  }

  private void answer(Asked asked, Verdict verdict, Optional<String> reason) {
    try {
      requests
          .link()
          .ask(
              asked.answer(
                  verdict,
                  reason.map(why ->
                      why.substring(0, Math.min(why.length(), PermissionAnswer.MOST_REASON))),
                  member.key()));
      terminal.talk("Told so.");
    } catch (Problem problem) {
      terminal.warn(SafeText.line(problem.getMessage()));
      drop(asked.id());
    }
  }

  private void settled(ApprovalEvent.Settled event) {
    Asked asked = open.get(event.approvalId());
    if (asked == null) {
      return;
    }
    String outcome = event.outcome().name().toLowerCase(Locale.ROOT);
    if (json) {
      terminal.data(
          Wire.mapper().writeValueAsString(new Ended(event.approvalId(), outcome, event.by())));
    } else {
      boolean ours = event.by().filter(member.key().publicKey().hex()::equals).isPresent();
      terminal.talk(
          terminal.icon(Icon.GOOD)
              + " ["
              + QuestionScreen.shortId(asked)
              + "] "
              + outcome
              + event
                  .by()
                  .map(key ->
                      ours
                          ? " by you"
                          : " by key " + SafeText.line(key.substring(0, Math.min(8, key.length()))))
                  .orElse(""));
    }
    drop(event.approvalId());
  }

  private void expire() {
    Instant now = context.clock().instant();
    open.values().stream()
        .filter(asked -> asked.until().isBefore(now))
        .toList()
        .forEach(asked -> {
          if (!json) {
            terminal.talk("  [" + QuestionScreen.shortId(asked) + "] its time is over");
          }
          drop(asked.id());
        });
  }

  private void drop(String id) {
    open.remove(id);
    current = current.filter(asked -> !asked.id().equals(id));
  }
}
