package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Confirm;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Ends a mesh for everyone.
@Does(Effect.DESTROY)
@Command(name = "delete", aliases = "rm", description = "Delete a mesh for everyone in it.")
public final class DeleteCommand extends MeshCommand {
  @Parameters(arity = "0..1", paramLabel = "<mesh>", description = "The mesh; the same as --mesh.")
  private Optional<String> named = Optional.empty();

  @Option(
      names = {"-y", "--yes"},
      description = "Do not ask.")
  private boolean yes;

  public DeleteCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Deleted(String deleted, String id) {}

  @Override
  protected Answer answer() throws IOException {
    Membership member = membership(named.or(() -> mesh));
    Confirm.ask(
        context,
        yes,
        "Delete " + member.slug() + " (" + member.brokerUrl() + ") for everyone in it?");
    call(member, new MeshRequest.Delete());
    context.config().update(config -> config.without(member.meshId()));
    return Answer.of(new Deleted(member.slug(), member.meshId()))
        .line(terminal -> terminal.icon(Icon.GOOD) + " " + member.slug() + " is deleted")
        .next("claudemesh list");
  }
}
