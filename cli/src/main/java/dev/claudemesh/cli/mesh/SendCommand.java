package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.Outgoing;
import dev.claudemesh.protocol.client.Target;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.MessageReply.StatusResult;
import dev.claudemesh.protocol.messaging.Priority;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Encrypts a message, sends it, and tells what became of it.
@Does(Effect.WRITE)
@Command(
    name = "send",
    description = "Send an encrypted message to a peer, a member, a @group or everyone (*).",
    footer = {
      "",
      "Examples: claudemesh send ana \"the build is green\"",
      "          git diff | claudemesh send @backend - --priority low"
    })
public final class SendCommand extends MeshCommand {
  private static final int LONGEST = 1 << 20;
  private static final Duration ACK_WAIT = Duration.ofSeconds(15);

  /// As on the wire.
  enum Urgency {
    now(Priority.NOW),
    next(Priority.NEXT),
    low(Priority.LOW);

    private final Priority priority;

    Urgency(Priority priority) {
      this.priority = priority;
    }
  }

  @Parameters(
      index = "0",
      paramLabel = "<to>",
      description = "Name, @group, * for everyone, or a key; <mesh>:<name> names the mesh too.")
  private String to;

  @Parameters(
      index = "1",
      paramLabel = "<text|->",
      description = "The message; - reads it from standard input.")
  private String text;

  @Option(
      names = {"-p", "--priority"},
      paramLabel = "now|next|low",
      description =
          "now disturbs a busy receiver, next waits until it is idle, low until it looks. Default:"
              + " ${DEFAULT-VALUE}")
  private Urgency priority = Urgency.next;

  @Option(
      names = "--reply-to",
      paramLabel = "<id>",
      description = "Id of the message that this one answers.")
  private Optional<String> replyTo = Optional.empty();

  public SendCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Sent(
      String messageId,
      String to,
      String target,
      String priority,
      boolean delivered,
      Optional<Integer> recipients,
      List<MessageView.Copy> copies,
      String mesh) {}

  @Override
  protected Answer answer() throws IOException, InterruptedException {
    List<String> slugs =
        context.config().read().memberships().stream().map(Membership::slug).toList();
    Targets.Scoped scoped = Targets.split(to, slugs);
    Membership member = membership(scoped.mesh().or(() -> mesh));
    String body = body();
    try (Link link = Link.open(context, member)) {
      Target target = link.targets().resolve(scoped.name());
      Outgoing message = new Outgoing(target.spec(), priority.priority, body, replyTo, false);
      Ack ack = sent(link, message);
      StatusResult status = Settled.status(link, ack.messageId());
      return answer(member, target, ack, status);
    }
  }

  private String body() throws IOException {
    String body = text;
    if (text.equals("-")) {
      InputStream in = context.environment().in();
      byte[] bytes = in.readNBytes(LONGEST + 1);
      if (bytes.length > LONGEST) {
        throw new Problem(
            ProblemCode.TOO_LARGE,
            "A message is 1 MiB at most; send a part of it, or say where the rest is");
      }
      body = new String(bytes, StandardCharsets.UTF_8).stripTrailing();
    }
    if (body.isBlank()) {
      throw new Problem(ProblemCode.INVALID_ARGUMENT, "There is no text to send");
    }
    return body;
  }

  private static Ack sent(Link link, Outgoing message) throws InterruptedException {
    try {
      return link.client().send(message).get(ACK_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Problem problem
          ? problem
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new Problem(
          ProblemCode.TIMEOUT,
          "The broker did not confirm the message within "
              + ACK_WAIT.toSeconds()
              + " s; it may arrive all the same");
    }
  }

  private Answer answer(Membership member, Target target, Ack ack, StatusResult status) {
    Sent sent =
        new Sent(
            ack.messageId(),
            target.label(),
            target.spec(),
            priority.name(),
            status.delivered(),
            ack.recipients(),
            MessageView.copies(status),
            member.slug());
    return Answer.of(sent)
        .line(terminal -> line(terminal, target, status))
        .next("claudemesh status " + ack.messageId() + meshFlag(member));
  }

  private static String line(Terminal terminal, Target target, StatusResult status) {
    String to = SafeText.line(target.label());
    if (status.recipients().isEmpty()) {
      return terminal.icon(Icon.WARN) + " sent to " + to + ", where nobody is";
    }
    return terminal.icon(status.delivered() ? Icon.GOOD : Icon.DOT)
        + " to "
        + to
        + ": "
        + SafeText.line(MessageView.summary(status));
  }
}
