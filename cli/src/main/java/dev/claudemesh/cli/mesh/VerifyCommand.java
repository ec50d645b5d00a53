package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.QrCode;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.Target;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SafetyNumber;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.presence.PresenceReply.Peer;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Compares keys with somebody by a way that is not the broker's: both read the same number, or
/// somebody lied about a key.
@Does(Effect.READ)
@Command(
    name = "verify",
    description = "Show the safety number of you and a member: the same on both sides, or beware.",
    footer = {"", "Example: claudemesh verify ben"})
public final class VerifyCommand extends MeshCommand {
  private static final int GROUPS_A_LINE = 3;

  @Parameters(
      arity = "0..1",
      paramLabel = "<peer>",
      description = "Name or key of a member, or of a session of theirs; absent: your own key.")
  private Optional<String> who = Optional.empty();

  @Option(names = "--no-qr", description = "Draw no QR code.")
  private boolean noQr;

  public VerifyCommand(Context context) {
    super(context);
  }

  /// What `--json` prints without a peer.
  record Own(String mesh, String pubkey, String fingerprint) {}

  /// What `--json` prints.
  record Compared(
      String mesh,
      String pubkey,
      String peer,
      String peerPubkey,
      String safetyNumber,
      List<String> groups) {}

  @Override
  protected Answer answer() {
    Membership member = membership();
    return who.map(called -> compared(member, called)).orElseGet(() -> own(member));
  }

  private Answer own(Membership member) {
    PublicKey key = member.key().publicKey();
    Own own = new Own(member.slug(), key.hex(), Keys.fingerprint(key));
    Answer answer =
        Answer.of(own)
            .line("Your key on " + member.slug() + "  " + own.pubkey())
            .line("  its fingerprint  " + own.fingerprint());
    return drawn(answer, own.pubkey())
        .remark("  To compare keys with somebody you both run verify, each with the other's name.")
        .next("claudemesh verify <member>" + meshFlag(member));
  }

  private Answer compared(Membership member, String called) {
    try (Link link = Link.open(context, member)) {
      List<Member> members = link.members();
      String own = member.key().publicKey().hex();
      String theirs = memberKey(member, link.peers(), members, called);
      if (theirs.equals(own)) {
        throw new Problem(
            ProblemCode.INVALID_ARGUMENT,
            "\"" + called + "\" is you; a safety number is of you and somebody else");
      }
      Targets names = new Targets(List.of(), members);
      SafetyNumber number = SafetyNumber.of(new PublicKey(own), new PublicKey(theirs));
      String name = SafeText.line(names.label(theirs));
      Answer answer =
          Answer.of(
                  new Compared(
                      member.slug(),
                      own,
                      names.label(theirs),
                      theirs,
                      number.digits(),
                      number.groups()))
              .line("Safety number of you and " + name + " on " + member.slug());
      for (int i = 0; i < number.groups().size(); i += GROUPS_A_LINE) {
        answer.line(
            Style.STRONG, "  " + String.join("  ", number.groups().subList(i, i + GROUPS_A_LINE)));
      }
      return drawn(answer, number.digits())
          .remark(
              "  Compare it with what "
                  + name
                  + " sees: by voice or side by side, not over the mesh. If it differs, one of you"
                  + " was told a wrong key.")
          .next(
              "claudemesh verify \""
                  + SafeText.line(names.label(own))
                  + "\"   (by "
                  + name
                  + ", on their machine)");
    }
  }

  /// The member's key, also where one of their sessions was named: sessions come and go.
  private static String memberKey(
      Membership member, List<Peer> peers, List<Member> members, String called) {
    Target target = new Targets(peers, members).resolveLasting(called);
    if (target.kind() == Target.Kind.GROUP || target.kind() == Target.Kind.EVERYONE) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT, "A safety number is of you and one member, not of a group");
    }
    String key =
        peers.stream()
            .filter(peer -> peer.pubkey().equals(target.spec()))
            .flatMap(peer -> peer.memberPubkey().stream())
            .findFirst()
            .orElse(target.spec());
    if (members.stream().noneMatch(other -> other.pubkey().filter(key::equals).isPresent())) {
      throw new Problem(
          ProblemCode.UNKNOWN_TARGET, "No member of " + member.slug() + " has the key " + key);
    }
    return key;
  }

  /// With the QR code, where somebody looks.
  private Answer drawn(Answer answer, String text) {
    if (!noQr && !json && context.terminal().interactive()) {
      QrCode.of(text).lines(context.terminal()).forEach(answer::remark);
    }
    return answer;
  }
}
