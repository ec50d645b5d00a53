package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Who you are on a mesh, and changing it. What a session says of itself (avatar, title) is its
/// own: it is shown here, and set by the session's tool `set_profile`.
@Does(Effect.WRITE)
@Command(
    name = "profile",
    description = "Show or change how others on a mesh see you: name, role, groups.",
    footer = {
      "",
      "Example: claudemesh profile --name Ana --role \"payments, Java\" --groups backend:lead,ops",
      "What is given empty is removed: claudemesh profile --role \"\"",
      "A session says what it is itself, with the tool set_profile."
    })
public final class ProfileCommand extends MeshCommand {
  @Option(names = "--name", paramLabel = "<name>", description = "Your name on this mesh.")
  private Optional<String> name = Optional.empty();

  @Option(names = "--role", paramLabel = "<text>", description = "What you do.")
  private Optional<String> role = Optional.empty();

  @Option(
      names = "--groups",
      paramLabel = "<group[:role],...>",
      description = "Groups that your sessions start in; empty for none.")
  private Optional<String> groups = Optional.empty();

  @Option(
      names = "--message-mode",
      paramLabel = "<mode>",
      description = "How messages reach your sessions: push, inbox or off.")
  private Optional<String> messageMode = Optional.empty();

  public ProfileCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Shown(String mesh, Member member, List<Session> sessions) {}

  /// One of your sessions, and what it says of itself.
  record Session(String displayName, String pubkey, Optional<Profile> profile) {}

  @Override
  protected Answer answer() {
    Membership own = membership();
    try (Link link = Link.open(context, own)) {
      boolean change = Stream.of(name, role, groups, messageMode).anyMatch(Optional::isPresent);
      Member member = change ? changed(own) : self(link, own);
      return shown(own, member, sessions(link, own));
    }
  }

  private Member changed(Membership own) {
    return call(
            own,
            new MemberRequest.Update(
                own.memberId(),
                name,
                role,
                groups.map(ProfileCommand::groups),
                messageMode,
                Optional.empty()))
        .member();
  }

  private static Member self(Link link, Membership own) {
    return link.members().stream()
        .filter(one -> one.id().equals(own.memberId()))
        .findFirst()
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.NOT_FOUND, "You are no member of " + own.slug() + " any more"));
  }

  private static List<Session> sessions(Link link, Membership own) {
    return link.peers().stream()
        .filter(peer -> peer.memberPubkey().equals(Optional.of(own.key().publicKey().hex())))
        .map(peer -> new Session(peer.displayName(), peer.pubkey(), peer.profile()))
        .toList();
  }

  private Answer shown(Membership own, Member member, List<Session> sessions) {
    Table table = Table.of("", "");
    table.row("name", member.displayName());
    row(table, "role", member.roleTag());
    row(table, "groups", Optional.of(words(member.groups())));
    table.row("messages", member.messageMode());
    for (Session session : sessions) {
      table.row(
          "session",
          Stream.of(
                  session.profile().flatMap(Profile::avatar),
                  Optional.of(session.displayName()),
                  session.profile().flatMap(Profile::title))
              .flatMap(Optional::stream)
              .collect(Collectors.joining("  ")));
    }
    return Answer.of(new Shown(own.slug(), member, sessions))
        .line(Style.MUTED, "You on " + SafeText.line(own.slug()))
        .table(table)
        .next("claudemesh peers" + meshFlag(own));
  }

  private static void row(Table table, String what, Optional<String> value) {
    value.filter(text -> !text.isEmpty()).ifPresent(text -> table.row(what, text));
  }

  private static String words(List<GroupRole> groups) {
    return groups.stream()
        .map(group -> "@" + group.name() + group.role().map(role -> ":" + role).orElse(""))
        .collect(Collectors.joining(", "));
  }

  private static List<GroupRole> groups(String text) {
    return list(text).stream()
        .map(group -> group.split(":", 2))
        .map(parts ->
            new GroupRole(
                parts[0].replaceFirst("^@", ""),
                parts.length > 1 ? Optional.of(parts[1]) : Optional.empty()))
        .toList();
  }

  private static List<String> list(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).filter(one -> !one.isEmpty()).toList();
  }
}
