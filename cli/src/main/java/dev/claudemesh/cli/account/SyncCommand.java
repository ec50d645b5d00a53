package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.accounts.AccountMeshReply.Mesh;
import dev.claudemesh.protocol.accounts.AccountMeshRequest;
import dev.claudemesh.protocol.config.Membership;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Lists the meshes of the account, wherever their keys are, once those of this machine are on the
/// list. A mesh whose key is elsewhere is listed and no more: keys do not travel by the broker.
@Does(Effect.WRITE)
@Command(
    name = "sync",
    description = "List the meshes of your account: those of this machine, and those elsewhere.",
    footer = {
      "",
      "The memberships of this machine are put on the list first. Keys stay where they are: what is",
      "elsewhere comes here by a backup made there, or by an invite."
    })
public final class SyncCommand extends AccountCommand {
  @Option(
      names = "--forget",
      paramLabel = "<mesh>",
      description = "Take this mesh off the list, and change nothing else; you stay a member.")
  private Optional<String> forget = Optional.empty();

  public SyncCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  ///
  /// @param linked how many came onto the list just now
  record Synced(String broker, int linked, List<Entry> meshes) {}

  /// One membership.
  ///
  /// @param here whether its key is on this machine
  record Entry(
      String id, String slug, String name, String role, int members, String pubkey, boolean here) {}

  /// What `--json --forget` prints.
  record Forgotten(String forgotten, String id) {}

  @Override
  protected Answer answer() {
    SignedIn self = signedIn();
    if (forget.isPresent()) {
      return forgotten(self, forget.get());
    }
    List<Membership> members = AccountLink.at(context, self);
    int linked = AccountLink.link(self, members);
    Set<String> here = members.stream().map(Membership::memberId).collect(Collectors.toSet());
    List<Entry> entries =
        meshes(self).stream()
            .map(mesh ->
                new Entry(
                    mesh.id(),
                    mesh.slug(),
                    mesh.name(),
                    mesh.owner() ? "owner" : mesh.role(),
                    mesh.memberCount(),
                    mesh.pubkey(),
                    here.contains(mesh.memberId())))
            .toList();
    return shown(new Synced(self.broker().toString(), linked, entries));
  }

  private static Answer shown(Synced synced) {
    Answer answer = Answer.of(synced);
    if (synced.meshes().isEmpty()) {
      return answer
          .line(Style.MUTED, "Your account lists no mesh yet.")
          .next("claudemesh create <name>");
    }
    Table table = Table.of("MESH", "NAME", "ROLE", "MEMBERS", "KEY");
    synced
        .meshes()
        .forEach(entry ->
            table.row(
                entry.here() ? null : Style.MUTED,
                entry.slug(),
                SafeText.line(entry.name()),
                entry.role(),
                String.valueOf(entry.members()),
                entry.here() ? "here" : "elsewhere"));
    answer.table(table);
    if (synced.linked() > 0) {
      answer.remark("  " + synced.linked() + " of this machine put on the list");
    }
    if (synced.meshes().stream().allMatch(Entry::here)) {
      return answer.next("claudemesh list");
    }
    return answer
        .remark("  What is elsewhere comes here with its key, by a backup made on that machine,")
        .remark("  or as a member of its own, by an invite made there: claudemesh invite")
        .next("claudemesh backup   (there), then claudemesh restore <file>   (here)");
  }

  private Answer forgotten(SignedIn self, String called) {
    List<Mesh> fitting =
        meshes(self).stream()
            .filter(mesh ->
                mesh.id().equals(called)
                    || mesh.slug().equalsIgnoreCase(called)
                    || mesh.name().equalsIgnoreCase(called))
            .toList();
    List<String> ids = fitting.stream().map(Mesh::id).distinct().toList();
    if (ids.isEmpty()) {
      throw new CommandFailure(
          ExitCode.NOT_FOUND, "Your account lists no such mesh; see claudemesh sync");
    }
    if (ids.size() > 1) {
      throw new Problem(
          ProblemCode.AMBIGUOUS_PREFIX, "Several meshes are called so; write the id of one");
    }
    call(self, new AccountMeshRequest.Unlink(ids.getFirst()));
    return Answer.of(new Forgotten(fitting.getFirst().slug(), ids.getFirst()))
        .line(fitting.getFirst().slug() + " is off the list of your account; you stay a member.");
  }

  private static List<Mesh> meshes(SignedIn self) {
    return call(self, new AccountMeshRequest.ListMine()).meshes();
  }
}
