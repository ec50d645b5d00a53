package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.members.MemberReply.MemberPermissions;
import dev.claudemesh.protocol.members.MemberReply.Permissions;
import dev.claudemesh.protocol.members.MemberRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// What members may do, and changing it.
@Does(Effect.WRITE)
@Command(
    name = "permissions",
    description = "Tell what members may do, or change what one may do.",
    footer = {"", "Example: claudemesh permissions bob --set canInvite=true --set canSend=false"})
public final class PermissionsCommand extends MeshCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "<member>",
      description = "Only this member: name or key.")
  private Optional<String> who = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "<canX=true|false>",
      description = "Change this permission of the member.")
  private Map<String, Boolean> changes = new LinkedHashMap<>();

  public PermissionsCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    if (who.isEmpty() && !changes.isEmpty()) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS, "Say whose: claudemesh permissions <member> --set …");
    }
    Optional<String> id = who.map(name -> memberId(member, name));
    if (!changes.isEmpty()) {
      call(member, new MemberRequest.SetPermissions(id.orElseThrow(), changes));
    }
    List<MemberPermissions> shown =
        call(member, new MemberRequest.ListPermissions()).members().stream()
            .filter(one -> id.isEmpty() || id.get().equals(one.memberId()))
            .toList();
    Answer answer = Answer.of(new Permissions(member.slug(), shown));
    return id.isPresent()
        ? one(answer, shown.getFirst(), member)
        : answer
            .table(all(shown))
            .next("claudemesh permissions <member> --set canInvite=true" + meshFlag(member));
  }

  private String memberId(Membership member, String name) {
    var members = call(member, new MemberRequest.ListMembers()).members();
    String key = new Targets(List.of(), members).resolve(name).spec();
    return members.stream()
        .filter(one -> one.pubkey().filter(key::equals).isPresent())
        .findFirst()
        .orElseThrow(
            () -> new CommandFailure(ExitCode.NOT_FOUND, "No member is called \"" + name + "\""))
        .id();
  }

  private Answer one(Answer answer, MemberPermissions shown, Membership member) {
    Table table = Table.of("PERMISSION", "");
    shown
        .permissions()
        .forEach((name, has) -> table.row(has ? null : Style.MUTED, name, has ? "yes" : "no"));
    answer.line(terminal ->
        changes.isEmpty()
            ? SafeText.line(shown.displayName()) + ", " + role(shown)
            : terminal.icon(Icon.GOOD)
                + " "
                + SafeText.line(shown.displayName())
                + " may from now on:");
    return answer.table(table).next("claudemesh permissions" + meshFlag(member));
  }

  private static Table all(List<MemberPermissions> members) {
    Table table = Table.of("MEMBER", "ROLE", "MAY");
    members.forEach(one -> table.row(one.displayName(), role(one), may(one.permissions())));
    return table;
  }

  private static String role(MemberPermissions member) {
    return member.owner() ? "owner" : member.role();
  }

  private static String may(Map<String, Boolean> permissions) {
    if (!permissions.containsValue(false)) {
      return "everything";
    }
    String names =
        permissions.entrySet().stream()
            .filter(Map.Entry::getValue)
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "only read" : names;
  }
}
