package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberReply;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.members.MemberRequest;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;

/// Who belongs to a mesh, here or not.
@Does(Effect.READ)
@Command(
    name = "members",
    description = "List who belongs to a mesh, whether or not they are here.")
public final class MembersCommand extends MeshCommand {
  public MembersCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    MemberReply.Members members = call(member, new MemberRequest.ListMembers());
    Instant now = context.clock().instant();
    String own = member.key().publicKey().hex();
    Table table = Table.of("MEMBER", "ROLE", "HERE", "KEY", "JOINED");
    for (Member other : members.members()) {
      boolean here = other.online().orElse(false);
      boolean self = other.pubkey().filter(own::equals).isPresent();
      table.row(
          here || self ? null : Style.MUTED,
          other.displayName() + (self ? " (you)" : ""),
          other.owner().orElse(false) ? "owner" : other.permission(),
          here
              ? sessions(other)
              : other
                  .lastSeenAt()
                  .map(seen -> "seen " + Span.ago(Duration.between(seen, now)) + " ago")
                  .orElse("never"),
          other.pubkey().filter(PublicKey::isKey).map(key -> new PublicKey(key).brief()).orElse("-")
              + (other.keyPending().orElse(false) ? " (mesh key pending)" : ""),
          Span.ago(Duration.between(other.joinedAt(), now)) + " ago");
    }
    return Answer.of(members)
        .table(table)
        .next(
            members.members().size() == 1
                ? "claudemesh invite" + meshFlag(member)
                : "claudemesh send <member> \"<text>\"" + meshFlag(member));
  }

  private static String sessions(Member member) {
    int count = member.sessionCount().orElse(1);
    return count == 1 ? "1 session" : count + " sessions";
  }
}
