package dev.claudemesh.cli.claims;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.ReplyScreen;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.mcp.WorkTree;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.claims.ClaimReply;
import dev.claudemesh.protocol.claims.ClaimRequest;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Ends claims.
@Does(Effect.WRITE)
@Command(name = "release", description = "End your claims in this repository, all or some.")
public final class ClaimsReleaseCommand extends MeshCommand {
  @Parameters(
      arity = "0..*",
      paramLabel = "<glob>",
      description = "As they were claimed; all of yours if none is given.")
  private List<String> globs;

  public ClaimsReleaseCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    String root = WorkTree.of(context.environment().folder()).name();
    try (Link link = Link.open(context, membership())) {
      ClaimReply.Released released =
          link.ask(new ClaimRequest.ReleasePaths(Optional.ofNullable(globs), Optional.of(root)));
      return ReplyScreen.of(released, context.clock().instant());
    }
  }
}
