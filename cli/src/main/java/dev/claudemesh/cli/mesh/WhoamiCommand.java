package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.config.Membership;
import java.util.List;
import picocli.CommandLine.Command;

/// Who this config folder makes you; asks no broker.
@Command(name = "whoami", description = "Tell who you are: your name, and your key on each mesh.")
public final class WhoamiCommand extends CliCommand {
  public WhoamiCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Me(String displayName, String configDir, List<Self> meshes) {}

  /// Who you are on one mesh.
  record Self(String mesh, String id, String memberId, String pubkey, boolean owner) {}

  @Override
  protected Answer answer() {
    List<Membership> members = context.config().read().memberships();
    List<Self> selves =
        members.stream()
            .map(member ->
                new Self(
                    member.slug(),
                    member.meshId(),
                    member.memberId(),
                    member.key().publicKey().hex(),
                    member.isOwner()))
            .toList();
    Me me =
        new Me(
            Names.of(context, java.util.Optional.empty()),
            context.folder().path().toString(),
            selves);
    Answer answer = Answer.of(me).line(me.displayName() + "  (config in " + me.configDir() + ")");
    if (selves.isEmpty()) {
      return answer.line(Style.MUTED, "You are in no mesh yet.").next("claudemesh create <name>");
    }
    Table table = Table.of("MESH", "YOUR KEY", "");
    selves.forEach(self -> table.row(self.mesh(), self.pubkey(), self.owner() ? "owner" : ""));
    return answer.table(table).next("claudemesh list");
  }
}
