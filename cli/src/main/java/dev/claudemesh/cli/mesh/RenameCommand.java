package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Gives a mesh another name, for everyone.
@Does(Effect.WRITE)
@Command(
    name = "rename",
    description = "Rename a mesh for everyone; ids and links keep working.",
    footer = {"", "Example: claudemesh rename platform \"Platform team\""})
public final class RenameCommand extends MeshCommand {
  @Parameters(
      index = "0",
      paramLabel = "<mesh|name>",
      description = "Its new name; or the mesh, where the new name follows.")
  private String first;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "<name>",
      description = "Its new name, where the mesh stands before it.")
  private Optional<String> second = Optional.empty();

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
    Membership member = membership(second.isPresent() ? Optional.of(first) : mesh);
    MeshReply.Renamed renamed = call(member, new MeshRequest.Rename(second.orElse(first), slug));
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
