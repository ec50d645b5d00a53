package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Reads what waits for the member: messages that none of their sessions holds.
@Does(Effect.READ)
@Command(
    name = "inbox",
    description = "Read the messages that wait for you and that no session of yours has taken.",
    footer = {"", "Example: claudemesh inbox --wait 60"})
public final class InboxCommand extends MeshCommand {
  @Option(
      names = {"-w", "--wait"},
      paramLabel = "<span>",
      converter = Span.class,
      description = "If there is none, wait so long for one: 30s, 5m.")
  private Duration wait = Duration.ZERO;

  public InboxCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Read(List<Entry> messages, List<Closed> undecryptable) {}

  /// One message.
  record Entry(
      String id,
      String mesh,
      String from,
      String fromKey,
      Optional<String> to,
      String priority,
      Instant at,
      String text,
      Optional<String> replyTo) {}

  /// One message that no key of ours opens.
  record Closed(String id, String mesh, String from, Instant at) {}

  @Override
  public Integer call() throws Exception {
    List<Membership> members = mesh.isPresent() ? List.of(membership()) : all();
    try (Mailbox mailbox = Mailbox.open(context, members)) {
      List<Mailbox.Letter> letters = mailbox.collect(wait);
      int exit = answer(letters).print(context.terminal(), json);
      // Only what really reached the reader is read: a closed pipe leaves it for the next time.
      if (!context.terminal().out().checkError()) {
        mailbox.shown(letters);
      }
      return exit;
    }
  }

  @Override
  protected Answer answer() {
    return answer(List.of());
  }

  private List<Membership> all() {
    List<Membership> members = context.config().read().memberships();
    return members.isEmpty() ? List.of(membership()) : members;
  }

  private Answer answer(List<Mailbox.Letter> letters) {
    List<Entry> entries =
        letters.stream()
            .flatMap(letter -> letter.message().map(message -> entry(letter, message)).stream())
            .toList();
    List<Closed> closed =
        letters.stream()
            .flatMap(letter ->
                letter.undecryptable().stream()
                    .map(one ->
                        new Closed(
                            one.id(),
                            letter.mesh().slug(),
                            one.senderName().orElse(one.senderKey()),
                            one.createdAt())))
            .toList();
    Answer answer = Answer.of(new Read(entries, closed));
    if (entries.isEmpty() && closed.isEmpty()) {
      return answer
          .line(Style.MUTED, "No messages.")
          .remark(
              "  A message waits here when somebody sends it to you and none of your sessions takes"
                  + " it.")
          .next("claudemesh inbox --wait 60s");
    }
    Instant now = context.clock().instant();
    entries.forEach(entry -> answer.line(terminal -> text(terminal, entry, now)));
    closed.forEach(one ->
        answer.line(terminal ->
            terminal.icon(Icon.BAD)
                + " A message of "
                + SafeText.line(one.from())
                + " cannot be opened with your keys; they were told. Ask them to send it again."));
    return answer.next(
        entries.isEmpty()
            ? "claudemesh doctor"
            : "claudemesh send \""
                + SafeText.line(entries.getLast().from())
                + "\" \"<text>\" --reply-to "
                + entries.getLast().id());
  }

  private static Entry entry(
      Mailbox.Letter letter, dev.claudemesh.protocol.client.IncomingMessage message) {
    return new Entry(
        message.id(),
        letter.mesh().slug(),
        message.senderName().orElse(message.senderKey()),
        message.senderKey(),
        message.targetSpec(),
        message.priority().name().toLowerCase(Locale.ROOT),
        message.createdAt(),
        message.text(),
        message.replyToId());
  }

  /// A header, then the body behind a bar, so that no body can pose as a header.
  private static String text(Terminal terminal, Entry entry, Instant now) {
    String many =
        entry
            .to()
            .filter(to -> to.startsWith("@") || to.equals("*"))
            .map(to -> " to " + to)
            .orElse("");
    String header =
        terminal.in(Style.STRONG, SafeText.line(entry.from()))
            + terminal.in(
                Style.MUTED,
                SafeText.line(many + " on " + entry.mesh())
                    + "  "
                    + entry.priority()
                    + ", "
                    + Span.ago(Duration.between(entry.at(), now))
                    + " ago, id "
                    + SafeText.line(entry.id()));
    String bar = terminal.in(Style.ACCENT, "│") + " ";
    return header
        + SafeText.body(entry.text())
            .lines()
            .map(line -> "\n" + bar + line)
            .collect(Collectors.joining());
  }
}
