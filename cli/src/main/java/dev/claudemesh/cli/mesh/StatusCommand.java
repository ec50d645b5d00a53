package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.messaging.MessageReply.Recipient;
import dev.claudemesh.protocol.messaging.MessageReply.StatusResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// How each mesh is reached, or what became of one message.
@Does(Effect.READ)
@Command(
    name = "status",
    description =
        "Tell whether your meshes can be reached; with the id of a message, what became of it.")
public final class StatusCommand extends MeshCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "<message-id>",
      description = "Id of a message you sent, or its first 8 characters or more.")
  private Optional<String> messageId = Optional.empty();

  public StatusCommand(Context context) {
    super(context);
  }

  /// What `--json` prints without a message.
  record Status(List<MeshStatus> meshes) {}

  /// How one mesh is reached.
  record MeshStatus(
      String mesh,
      String broker,
      boolean reachable,
      Optional<Long> millis,
      Optional<Integer> peers,
      Optional<Integer> epoch,
      boolean keyPresent,
      Optional<String> problem) {}

  /// What `--json` prints of a message.
  record Message(
      String messageId,
      String target,
      boolean delivered,
      List<MessageView.Copy> copies,
      String mesh) {}

  @Override
  protected Answer answer() throws InterruptedException {
    return messageId.isPresent() ? message(messageId.get()) : meshes();
  }

  private Answer message(String id) throws InterruptedException {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      StatusResult status = Settled.status(link, id);
      Table table = Table.of("TO", "STATUS", "KEY");
      for (Recipient to : status.recipients()) {
        table.row(
            to.name(),
            MessageView.words(to),
            to.pubkey().substring(0, Math.min(8, to.pubkey().length())));
      }
      Answer answer =
          Answer.of(
              new Message(
                  status.messageId(),
                  status.targetSpec(),
                  status.delivered(),
                  MessageView.copies(status),
                  member.slug()));
      if (table.isEmpty()) {
        return answer
            .line(Style.MUTED, "Nobody was there to receive it.")
            .next("claudemesh peers" + meshFlag(member));
      }
      return answer
          .table(table)
          .next(
              status.delivered()
                  ? "claudemesh inbox --wait 60s"
                  : "claudemesh peers" + meshFlag(member));
    }
  }

  private Answer meshes() throws InterruptedException {
    List<Membership> members =
        mesh.isPresent() ? List.of(membership()) : context.config().read().memberships();
    if (members.isEmpty()) {
      return Answer.of(new Status(List.of()))
          .line(Style.MUTED, "You are in no mesh yet.")
          .next("claudemesh create <name>");
    }
    List<MeshStatus> all = all(members);
    Answer answer = Answer.of(new Status(all));
    all.forEach(one ->
        answer.line(terminal ->
            terminal.icon(one.reachable() ? Icon.GOOD : Icon.BAD)
                + " "
                + SafeText.line(words(one))));
    boolean good = all.stream().allMatch(MeshStatus::reachable);
    return good
        ? answer.next("claudemesh peers")
        : answer.exit(ExitCode.NETWORK).next("claudemesh doctor");
  }

  private List<MeshStatus> all(List<Membership> members) throws InterruptedException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<MeshStatus>> asked =
          members.stream().<Callable<MeshStatus>>map(member -> () -> of(member)).toList();
      return threads.invokeAll(asked).stream().map(Future::resultNow).toList();
    }
  }

  private MeshStatus of(Membership member) {
    try {
      Reach reach = Reach.of(context, member);
      return new MeshStatus(
          member.slug(),
          member.brokerUrl().toString(),
          true,
          Optional.of(reach.time().toMillis()),
          Optional.of(reach.peers()),
          Optional.of(reach.hello().epoch()),
          reach.holdsKey(),
          Optional.empty());
    } catch (Problem e) {
      return new MeshStatus(
          member.slug(),
          member.brokerUrl().toString(),
          false,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          !member.keys().isEmpty(),
          Optional.of(e.getMessage()));
    }
  }

  private static String words(MeshStatus status) {
    if (!status.reachable()) {
      return status.mesh() + ": " + status.problem().orElse("cannot be reached");
    }
    return status.mesh()
        + ": reached in "
        + status.millis().orElse(0L)
        + " ms, "
        + status.peers().map(peers -> peers == 1 ? "1 peer" : peers + " peers").orElse("")
        + (status.keyPresent()
            ? ", mesh key of epoch " + status.epoch().orElse(1)
            : ", mesh key still to come");
  }
}
