package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.client.Target;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.config.Approvers;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.members.MemberRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// What you accept from whom. Keyed by member key, so that it holds for every session of theirs.
public final class GrantCommands {
  private GrantCommands() {}

  private static Approvers approvers(Context context, Membership member) {
    return new Approvers(context.folder().path(), member.meshId());
  }

  /// What the broker keeps to, and what only this machine knows.
  private static List<String> all(
      Context context, Membership member, String key, List<String> accepts) {
    return approvers(context, member).contains(new PublicKey(key))
        ? Stream.concat(accepts.stream(), Stream.of(Approving.WORD)).toList()
        : accepts;
  }

  /// What `--json` prints: empty where the default stands.
  record Accepted(
      String member, String pubkey, List<String> accepts, boolean isDefault, String mesh) {}

  /// Changes what is accepted from one member.
  abstract static class Change extends MeshCommand {
    @Parameters(index = "0", paramLabel = "<member>", description = "Name or key of the member.")
    protected String who;

    Change(Context context) {
      super(context);
    }

    /// What is accepted from now on; empty for the default.
    abstract Optional<List<String>> changed(Optional<List<String>> now);

    /// Whether they may decide for you from now on; empty if that stays.
    abstract Optional<Boolean> decides();

    /// Whether anything but that changes.
    boolean changesMore() {
      return true;
    }

    private void mayDecide(Membership member, PublicKey who) {
      Approvers approvers = approvers(context, member);
      decides()
          .ifPresent(may -> {
            if (may) {
              Approving.byPersonOnly(context);
              approvers.add(who);
            } else {
              approvers.remove(who);
            }
          });
    }

    @Override
    protected Answer answer() {
      Membership member = membership();
      List<Member> members = call(member, new MemberRequest.ListMembers()).members();
      Target target = new Targets(List.of(), members).resolve(who);
      Optional<List<String>> now =
          Optional.ofNullable(
              call(member, new MemberRequest.GetGrants()).grants().get(target.spec()));
      mayDecide(member, new PublicKey(target.spec()));
      Optional<List<String>> then = changesMore() ? changed(now) : now;
      if (changesMore()) {
        call(member, new MemberRequest.SetGrants(Map.of(target.spec(), then)));
      }
      List<String> accepts = all(context, member, target.spec(), then.orElse(GrantRules.DEFAULT));
      String name = SafeText.line(target.label());
      if (decides().orElse(false)) {
        context
            .terminal()
            .talk(
                "  "
                    + name
                    + " may now decide what your sessions on this machine do. Compare the key with"
                    + " what their claudemesh whoami shows: "
                    + target.spec());
      }
      return Answer.of(
              new Accepted(target.label(), target.spec(), accepts, then.isEmpty(), member.slug()))
          .line(terminal ->
              terminal.icon(Icon.GOOD)
                  + " "
                  + (accepts.isEmpty()
                      ? name + " is blocked: nothing of theirs reaches you"
                      : "from " + name + " you accept " + String.join(", ", accepts)))
          .next(
              accepts.isEmpty()
                  ? "claudemesh grant \"" + name + "\" default" + meshFlag(member)
                  : "claudemesh grants" + meshFlag(member));
    }
  }

  /// Accepts more from a member.
  @Does(Effect.WRITE)
  @Command(
      name = "grant",
      description =
          "Accept more from a member: read, dm, broadcast, state-read, state-write, file-read,"
              + " tools, all;"
              + " default goes back. And approve: they may decide what your sessions on this"
              + " machine are allowed to do (claudemesh install --approvals).")
  public static final class Grant extends Change {
    @Parameters(
        index = "1..*",
        arity = "1..*",
        paramLabel = "<capability>",
        description = "What to accept.")
    private List<String> words;

    public Grant(Context context) {
      super(context);
    }

    @Override
    Optional<List<String>> changed(Optional<List<String>> now) {
      return GrantRules.granted(now, Approving.without(words));
    }

    @Override
    Optional<Boolean> decides() {
      return words.contains(Approving.WORD)
          ? Optional.of(true)
          : words.contains("default") ? Optional.of(false) : Optional.empty();
    }

    @Override
    boolean changesMore() {
      return !Approving.without(words).isEmpty();
    }
  }

  /// Accepts less from a member.
  @Does(Effect.WRITE)
  @Command(
      name = "revoke",
      description = "Accept less from a member; without a capability, nothing any more.")
  public static final class Revoke extends Change {
    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "<capability>",
        description = "What to accept no longer.")
    private List<String> words = List.of();

    public Revoke(Context context) {
      super(context);
    }

    @Override
    Optional<List<String>> changed(Optional<List<String>> now) {
      return GrantRules.revoked(now, Approving.without(words));
    }

    @Override
    Optional<Boolean> decides() {
      return words.isEmpty() || words.contains(Approving.WORD)
          ? Optional.of(false)
          : Optional.empty();
    }

    @Override
    boolean changesMore() {
      return words.isEmpty() || !Approving.without(words).isEmpty();
    }
  }

  /// Accepts nothing from a member.
  @Does(Effect.WRITE)
  @Command(name = "block", description = "Accept nothing from a member.")
  public static final class Block extends Change {
    public Block(Context context) {
      super(context);
    }

    @Override
    Optional<List<String>> changed(Optional<List<String>> now) {
      return Optional.of(List.of());
    }

    @Override
    Optional<Boolean> decides() {
      return Optional.of(false);
    }
  }

  /// Tells what is accepted from whom.
  @Does(Effect.READ)
  @Command(name = "grants", description = "Tell what you accept from whom.")
  public static final class Show extends MeshCommand {
    public Show(Context context) {
      super(context);
    }

    /// What `--json` prints.
    record Grants(List<Accepted> grants) {}

    @Override
    protected Answer answer() {
      Membership member = membership();
      Map<String, List<String>> grants = call(member, new MemberRequest.GetGrants()).grants();
      String own = member.key().publicKey().hex();
      List<Accepted> all =
          call(member, new MemberRequest.ListMembers()).members().stream()
              .filter(other -> other.pubkey().isPresent() && !other.pubkey().get().equals(own))
              .map(other ->
                  accepted(
                      context,
                      member,
                      other,
                      Optional.ofNullable(grants.get(other.pubkey().get()))))
              .toList();
      Answer answer = Answer.of(new Grants(all));
      if (all.isEmpty()) {
        return answer
            .line(Style.MUTED, "There is nobody else in " + member.slug() + " yet.")
            .next("claudemesh invite" + meshFlag(member));
      }
      Table table = Table.of("MEMBER", "YOU ACCEPT");
      all.forEach(one ->
          table.row(
              one.isDefault() ? Style.MUTED : null,
              one.member(),
              one.accepts().isEmpty()
                  ? "nothing (blocked)"
                  : String.join(", ", one.accepts()) + (one.isDefault() ? "  (default)" : "")));
      return answer.table(table).next("claudemesh block <member>" + meshFlag(member));
    }

    private static Accepted accepted(
        Context context, Membership member, Member other, Optional<List<String>> said) {
      return new Accepted(
          other.displayName(),
          other.pubkey().orElseThrow(),
          all(context, member, other.pubkey().orElseThrow(), said.orElse(GrantRules.DEFAULT)),
          said.isEmpty(),
          member.slug());
    }
  }
}
