package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.QrCode;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.invites.InviteCode;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.invites.SignedInvite;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.members.MemberRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Makes an invite: signed here, so that those who hold the mesh key can check that the newcomer
/// was really invited.
@Does(Effect.WRITE)
@Command(
    name = "invite",
    aliases = "share",
    description = "Make a link by which others join a mesh.",
    footer = {"", "Example: claudemesh invite --uses 5 --expires 2d"})
public final class InviteCommand extends MeshCommand {
  /// What the newcomer becomes.
  enum Role {
    member,
    admin
  }

  @Option(
      names = "--role",
      paramLabel = "member|admin",
      description = "What the newcomers become. Default: ${DEFAULT-VALUE}")
  private Role role = Role.member;

  @Option(
      names = "--uses",
      paramLabel = "<n>",
      description = "How many may take it. Default: ${DEFAULT-VALUE}")
  private int uses = 1;

  @Option(
      names = "--expires",
      paramLabel = "<span>",
      converter = Span.class,
      description = "For how long it is good: 30m, 12h, 7d. Default: 7d")
  private Duration expires = Duration.ofDays(7);

  @Option(
      names = "--email",
      paramLabel = "<address>",
      description = "Have the broker mail the link there, too, if it sends mail.")
  private Optional<String> email = Optional.empty();

  @Option(names = "--qr", description = "Draw the link as a QR code, too, on the screen.")
  private boolean qr;

  @Option(
      names = "--list",
      description = "List the invites that can still be taken, and make none.")
  private boolean list;

  @Option(
      names = "--revoke",
      paramLabel = "<code>",
      description = "Withdraw the invite with this code, and make none.")
  private Optional<String> revoke = Optional.empty();

  public InviteCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  ///
  /// @param emailed whether the broker took it to be mailed; absent if nobody asked for that
  record Made(
      String url,
      String code,
      String role,
      int uses,
      Instant expiresAt,
      String mesh,
      Optional<Boolean> emailed) {}

  /// What `--json --revoke` prints.
  record Revoked(String revoked, String mesh) {}

  @Override
  protected Answer answer() {
    Membership member = membership();
    if (revoke.isPresent()) {
      call(member, new InviteRequest.Revoke(revoke.get()));
      return Answer.of(new Revoked(revoke.get(), member.slug()))
          .line("The invite " + revoke.get() + " can no longer be taken.");
    }
    return list ? open(member) : made(member);
  }

  private Answer made(Membership member) {
    Instant end =
        context.clock().instant().plus(expires).truncatedTo(java.time.temporal.ChronoUnit.SECONDS);
    InviteReply.Created made = call(member, signed(member, end));
    String url = url(member, made);
    Answer answer =
        Answer.of(
                new Made(
                    url,
                    made.code(),
                    role.name(),
                    uses,
                    made.expiresAt(),
                    member.slug(),
                    email.map(_ -> made.emailed())))
            .line(url);
    email.ifPresent(address -> tellMailed(address, made.emailed()));
    if (qr && !json) {
      QrCode.of(url).lines(context.terminal()).forEach(answer::remark);
    }
    return answer
        .remark(
            "  good for "
                + (uses == 1 ? "one newcomer" : uses + " newcomers")
                + " as "
                + role
                + ", for "
                + Span.text(expires))
        .next("claudemesh join " + url + "   (by the newcomer, with their own claudemesh)");
  }

  private void tellMailed(String address, boolean emailed) {
    if (emailed) {
      context
          .terminal()
          .talk("  mailed to " + SafeText.line(address) + "; who reads that mail can join by it");
    } else {
      context
          .terminal()
          .warn("The broker did not mail it: it sends no mail, or too much waits. Hand it over");
    }
  }

  private InviteRequest.Create signed(Membership member, Instant end) {
    SignedInvite invite =
        new SignedInvite(
            ownsIt(member) ? SignedInvite.BY_OWNER : SignedInvite.BY_ADMIN,
            member.meshId(),
            Ids.next(),
            end.getEpochSecond(),
            role.name(),
            member.key().publicKey());
    return new InviteRequest.Create(
        Optional.of(invite.inviteId()),
        Optional.of(InviteCode.generate()),
        Optional.of(invite.version()),
        Optional.of(invite.canonical()),
        Optional.of(invite.sign(member.key())),
        Optional.empty(),
        Optional.of(role.name()),
        Optional.of(invite.expiresAt()),
        Optional.of(uses),
        Optional.empty(),
        email,
        Optional.empty());
  }

  /// The link as the broker gives it, and what only we can add: whose key signed the invite, which
  /// a broker could not change unnoticed.
  private static String url(Membership member, InviteReply.Created made) {
    return made.url() + "#" + Keys.fingerprint(member.key().publicKey());
  }

  /// Files of older clients do not say who the owner is; then the broker does.
  private boolean ownsIt(Membership member) {
    if (member.owner().isPresent()) {
      return member.isOwner();
    }
    String own = member.key().publicKey().hex();
    List<Member> members = call(member, new MemberRequest.ListMembers()).members();
    return members.stream()
        .anyMatch(
            other -> other.pubkey().filter(own::equals).isPresent() && other.owner().orElse(false));
  }

  private Answer open(Membership member) {
    InviteReply.Invites invites = call(member, new InviteRequest.ListOpen());
    Answer answer = Answer.of(invites);
    if (invites.invites().isEmpty()) {
      return answer
          .line(Style.MUTED, "No invite of " + member.slug() + " can be taken now.")
          .next("claudemesh invite" + meshFlag(member));
    }
    Instant now = context.clock().instant();
    Table table = Table.of("CODE", "ROLE", "USES LEFT", "ENDS IN", "MADE BY");
    invites
        .invites()
        .forEach(invite ->
            table.row(
                invite.code().orElse("-"),
                invite.role(),
                String.valueOf(invite.usesLeft()),
                Span.ago(Duration.between(now, invite.expiresAt())),
                invite.createdBy()));
    return answer.table(table).next("claudemesh invite --revoke <code>" + meshFlag(member));
  }
}
