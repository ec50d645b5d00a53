package dev.claudemesh.cli.claims;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.ReplyScreen;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.mcp.WorkTree;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.claims.ClaimReply;
import dev.claudemesh.protocol.claims.ClaimRequest;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Who edits what.
@Does(Effect.READ)
@Command(name = "list", description = "List who is editing what in this repository.")
public final class ClaimsListCommand extends MeshCommand {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "<file>",
      description = "Only claims on this file.")
  private Optional<String> file;

  @Option(names = "--all", description = "Of all repositories.")
  private boolean all;

  public ClaimsListCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    WorkTree tree = WorkTree.of(context.environment().folder());
    Optional<String> path =
        file.map(name ->
            tree.path(context.environment().folder().resolve(name))
                .orElseThrow(() ->
                    new CommandFailure(
                        ExitCode.ARGUMENTS,
                        name + " does not lie in this repository, " + tree.top())));
    try (Link link = Link.open(context, membership())) {
      ClaimReply.Claims claims =
          link.ask(
              new ClaimRequest.ListClaims(path, all ? Optional.empty() : Optional.of(tree.name())));
      return ReplyScreen.of(claims, context.clock().instant());
    }
  }
}
