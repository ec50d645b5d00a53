package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Confirm;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.members.MemberReply;
import dev.claudemesh.protocol.members.MemberRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What an owner or admin does about peers and members.
public final class ModerationCommands {
  private ModerationCommands() {}

  /// Ends connections; the peer may come back when its user starts it.
  @Does(Effect.WRITE)
  @Command(
      name = "kick",
      description = "End a peer's connections; it may come back when its user starts it again.")
  public static final class Kick extends MeshCommand {
    @Parameters(paramLabel = "<peer>", description = "Name, member id or key of the peer.")
    private String who;

    public Kick(Context context) {
      super(context);
    }

    @Override
    protected Answer answer() {
      Membership member = membership();
      try (Link link = Link.open(context, member)) {
        MemberReply.Kicked kicked =
            link.ask(new MemberRequest.Kick(Optional.of(who), Optional.empty(), Optional.empty()));
        String names = SafeText.line(String.join(", ", kicked.affected()));
        return Answer.of(kicked)
            .line(terminal ->
                terminal.icon(kicked.kicked() > 0 ? Icon.GOOD : Icon.DOT)
                    + (kicked.kicked() > 0
                        ? " Ended: " + names
                        : " " + SafeText.line(who) + " was not here"))
            .next("claudemesh ban \"" + SafeText.line(who) + "\"" + meshFlag(member));
      }
    }
  }

  /// Removes a member.
  @Does(Effect.DESTROY)
  @Command(
      name = "ban",
      description =
          "Remove a member: their key cannot connect any more, and the mesh gets a new key.")
  public static final class Ban extends MeshCommand {
    @Parameters(
        arity = "0..1",
        paramLabel = "<member>",
        description = "Name, member id or key of the member.")
    private Optional<String> who = Optional.empty();

    @Option(
        names = {"-y", "--yes"},
        description = "Do not ask.")
    private boolean yes;

    @Option(names = "--list", description = "List who was removed, and remove nobody.")
    private boolean list;

    public Ban(Context context) {
      super(context);
    }

    @Override
    protected Answer answer() throws IOException {
      Membership member = membership();
      if (list || who.isEmpty()) {
        return removed(member);
      }
      Confirm.askPerson(
          context, yes, "Remove " + SafeText.line(who.get()) + " from " + member.slug() + "?");
      MemberReply.Banned banned = call(member, new MemberRequest.Ban(who.get()));
      renewKey(member);
      String name = SafeText.line(banned.banned());
      return Answer.of(banned)
          .line(terminal ->
              terminal.icon(Icon.GOOD) + " " + name + " is removed from " + member.slug())
          .next("claudemesh unban \"" + name + "\"" + meshFlag(member));
    }

    /// An admin's client renews the mesh key when it hears that somebody was removed; this one
    /// connects so that there is one.
    private void renewKey(Membership member) {
      try (Link link = Link.open(context, member)) {
        link.peers();
      }
    }

    private Answer removed(Membership member) {
      MemberReply.Bans bans = call(member, new MemberRequest.ListBans());
      Answer answer = Answer.of(bans);
      if (bans.bans().isEmpty()) {
        return answer
            .line(Style.MUTED, "Nobody was removed from " + member.slug() + ".")
            .next("claudemesh members" + meshFlag(member));
      }
      Table table = Table.of("MEMBER", "KEY", "REMOVED");
      bans.bans()
          .forEach(ban ->
              table.row(
                  ban.name(),
                  ban.pubkey(),
                  Span.ago(Duration.between(ban.revokedAt(), context.clock().instant())) + " ago"));
      return answer.table(table).next("claudemesh unban <member>" + meshFlag(member));
    }
  }

  /// Takes a removed member back.
  @Does(Effect.WRITE)
  @Command(name = "unban", description = "Take a removed member back.")
  public static final class Unban extends MeshCommand {
    @Parameters(paramLabel = "<member>", description = "Name, member id or key of the member.")
    private String who;

    public Unban(Context context) {
      super(context);
    }

    @Override
    protected Answer answer() {
      Membership member = membership();
      MemberReply.Unbanned unbanned = call(member, new MemberRequest.Unban(who));
      return Answer.of(unbanned)
          .line(terminal ->
              terminal.icon(Icon.GOOD)
                  + " "
                  + SafeText.line(unbanned.unbanned())
                  + " is back in "
                  + member.slug())
          .next("claudemesh members" + meshFlag(member));
    }
  }
}
