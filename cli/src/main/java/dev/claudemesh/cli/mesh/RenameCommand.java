package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Gives a mesh another name, for everyone.
@Command(
    name = "rename",
    description = "Rename a mesh for everyone; ids and links keep working.",
    footer = {"", "Example: claudemesh rename platform \"Platform team\""})
public final class RenameCommand extends MeshCommand {
  @Parameters(
      arity = "1..2",
      paramLabel = "[<mesh>] <name>",
      hideParamSyntax = true,
      description = "The mesh, if there are several, and its new name.")
  private List<String> words;

  @Option(
      names = "--slug",
      paramLabel = "<slug>",
      description = "The new short name for links and commands; unchanged if absent.")
  private Optional<String> slug = Optional.empty();

  public RenameCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership(words.size() == 2 ? Optional.of(words.getFirst()) : mesh);
    MeshReply.Renamed renamed = call(member, new MeshRequest.Rename(words.getLast(), slug));
    context.config().update(config -> config.with(member.renamed(renamed.slug(), renamed.name())));
    return Answer.of(new Entry(renamed.id(), renamed.slug(), renamed.name()))
        .line(terminal ->
            terminal.icon(Icon.GOOD)
                + " It is called "
                + SafeText.line(renamed.name())
                + " now (slug "
                + renamed.slug()
                + ")")
        .next("claudemesh list");
  }

  /// What `--json` prints.
  record Entry(String id, String slug, String name) {}
}
