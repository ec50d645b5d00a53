package dev.claudemesh.cli.claims;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.mesh.ReplyScreen;
import dev.claudemesh.cli.mesh.Span;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.mcp.WorkTree;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.claims.ClaimReply;
import dev.claudemesh.protocol.claims.ClaimRequest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Tells others which files are about to be edited.
@Does(Effect.WRITE)
@Command(
    name = "add",
    description =
        "Tell others which files you are about to edit. Claims of others on the same files are"
            + " shown; nothing is blocked.",
    footer = {"", "For example: claudemesh claims add 'src/api/**' --ttl 2h --note \"new routes\""})
public final class ClaimsAddCommand extends MeshCommand {
  @Parameters(
      arity = "1..*",
      paramLabel = "<glob>",
      description = "Files, relative to the top of the repository: * ? ** {a,b} [a-z], folder/.")
  private List<String> globs;

  @Option(
      names = "--ttl",
      paramLabel = "<time>",
      converter = Span.class,
      description = "How long it holds unless you repeat it, such as 30m, 2h (default: 30m).")
  private Duration ttl;

  @Option(names = "--note", paramLabel = "<text>", description = "What you are doing there.")
  private Optional<String> note;

  public ClaimsAddCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    String root = WorkTree.of(context.environment().folder()).name();
    try (Link link = Link.open(context, membership())) {
      ClaimReply.Claimed claimed =
          link.ask(
              new ClaimRequest.ClaimPaths(
                  globs,
                  Optional.ofNullable(ttl).map(time -> Math.toIntExact(time.toSeconds())),
                  note,
                  Optional.of(root)));
      return ReplyScreen.of(claimed, context.clock().instant());
    }
  }
}
