package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.account.Whose;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Who this config folder makes you. Asks a broker only where you are signed in to an account.
@Does(Effect.READ)
@Command(
    name = "whoami",
    description = "Tell who you are: your name, your account if any, and your key on each mesh.")
public final class WhoamiCommand extends CliCommand {
  @Option(
      names = "--token",
      paramLabel = "<token>",
      description = "Tell whose this token of an account is.")
  private Optional<String> token = Optional.empty();

  public WhoamiCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Me(String displayName, String configDir, List<Self> meshes, Optional<Whose> account) {}

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
            Names.of(context, Optional.empty()),
            context.folder().path().toString(),
            selves,
            Whose.find(context, token));
    Answer answer = Answer.of(me).line(me.displayName() + "  (config in " + me.configDir() + ")");
    me.account().ifPresent(whose -> tell(answer, whose));
    if (selves.isEmpty()) {
      return answer.line(Style.MUTED, "You are in no mesh yet.").next("claudemesh create <name>");
    }
    Table table = Table.of("MESH", "YOUR KEY", "");
    selves.forEach(self -> table.row(self.mesh(), self.pubkey(), self.owner() ? "owner" : ""));
    return answer.table(table).next("claudemesh list");
  }

  private static void tell(Answer answer, Whose whose) {
    if (!whose.source().isEmpty()) {
      answer.line(
          "Account: "
              + SafeText.line(whose.email().isEmpty() ? "unknown" : whose.email())
              + " on "
              + whose.broker()
              + "  (token from "
              + whose.source()
              + ")");
    }
    whose.problem().ifPresent(why -> answer.remark("  Account: " + SafeText.line(why)));
  }
}
