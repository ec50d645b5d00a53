package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Confirm;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.account.AccountLink;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.config.LastUsed;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.invites.InviteLink;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Takes an invite and saves the membership.
@Does(Effect.WRITE)
@Command(
    name = "join",
    aliases = "add",
    description = "Join a mesh by an invite link.",
    footer = {"", "Example: claudemesh join http://127.0.0.1:7900/i/ABCD2345"})
public final class JoinCommand extends CliCommand {
  /// How long the command stays for somebody who is online to hand over the mesh key.
  private static final Duration KEY_WAIT = Duration.ofSeconds(3);

  @Parameters(paramLabel = "<link>", description = "The link, or only the code at its end.")
  private String link;

  @Option(
      names = {"--as", "--name"},
      paramLabel = "<name>",
      description = "Your name on the mesh; your user name if absent.")
  private Optional<String> as = Optional.empty();

  @Option(
      names = "--broker",
      paramLabel = "<url>",
      description = "For a bare code: where the broker listens.")
  private Optional<String> broker = Optional.empty();

  @Option(names = "--ask", description = "Ask first, as for a link that was clicked.")
  private boolean ask;

  public JoinCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Joined(
      String id,
      String slug,
      String name,
      String memberId,
      String pubkey,
      String displayName,
      String role,
      String broker,
      boolean alreadyMember,
      boolean keyPending) {}

  @Override
  protected Answer answer() throws IOException {
    InviteLink invite = InviteLink.parse(link);
    if (ask) {
      confirm(invite);
    }
    Newcomer newcomer = new Newcomer(context, Names.of(context, as));
    Newcomer.Taken taken =
        switch (invite.kind()) {
          case InviteLink.Kind.Code code ->
              newcomer.claim(
                  invite,
                  code.code(),
                  invite
                      .broker()
                      .map(URI::toString)
                      .map(Brokers::webSocket)
                      .orElseGet(() -> Brokers.url(context.environment(), broker)));
          case InviteLink.Kind.Token token -> newcomer.join(token.token());
        };
    Membership member = taken.membership();
    save(member);
    boolean pending = member.keys().isEmpty() && !fetchKey(member);
    Answer answer =
        Answer.of(
                new Joined(
                    member.meshId(),
                    member.slug(),
                    member.name(),
                    member.memberId(),
                    member.key().publicKey().hex(),
                    taken.displayName(),
                    taken.role(),
                    member.brokerUrl().toString(),
                    taken.alreadyMember(),
                    pending))
            .line(terminal ->
                terminal.icon(Icon.GOOD)
                    + (taken.alreadyMember() ? " You were in " : " You are in ")
                    + SafeText.line(
                        member.name()
                            + " already".repeat(taken.alreadyMember() ? 1 : 0)
                            + " as "
                            + taken.displayName()
                            + " ("
                            + taken.role()
                            + ")"));
    if (pending) {
      answer.remark(
          "  The mesh key is still to come: a member who has it hands it over when they are online"
              + " next. Until then direct messages work, and group messages wait.");
    }
    return answer.next("claudemesh peers --mesh " + member.slug());
  }

  private void save(Membership member) {
    context.config().update(config -> config.with(member));
    AccountLink.gained(context, member);
    context
        .folder()
        .lastUsed()
        .write(
            new LastUsed(
                member.slug(), Optional.empty(), Optional.empty(), context.clock().instant()));
  }

  private void confirm(InviteLink invite) throws IOException {
    Confirm.ask(
        context,
        false,
        "Join the mesh of this invite, on "
            + invite
                .broker()
                .map(URI::toString)
                .orElseGet(() -> Brokers.url(context.environment(), broker).toString())
            + "?");
  }

  /// Stays a moment on the mesh, where members who are online hand the key over.
  ///
  /// @return whether it came
  private boolean fetchKey(Membership member) {
    CountDownLatch came = new CountDownLatch(1);
    MeshListener listener =
        new Link.Talkative(context) {
          @Override
          public void keyArrived(int epoch) {
            came.countDown();
          }
        };
    try (Link link = Link.open(context, member, listener)) {
      boolean there = !link.hello().epochKeys().isEmpty();
      return there
          || !link.peers().isEmpty() && came.await(KEY_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (Problem e) {
      // The membership is saved; the key comes with the next connection.
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
