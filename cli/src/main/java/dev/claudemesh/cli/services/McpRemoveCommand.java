package dev.claudemesh.cli.services;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.services.ServiceRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// Takes a server off the mesh.
@Does(Effect.WRITE)
@Command(
    name = "remove",
    description = "Take an MCP server of yours off the mesh; admins can take off anybody's.")
public final class McpRemoveCommand extends MeshCommand {
  @Parameters(index = "0", paramLabel = "<server>", description = "Its name.")
  private String server;

  public McpRemoveCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Removed(String removed, String mesh) {}

  @Override
  protected Answer answer() {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      link.ask(new ServiceRequest.Unregister(server));
      return Answer.of(new Removed(server, member.slug()))
          .line(terminal ->
              terminal.icon(Icon.GOOD) + " " + SafeText.line(server) + " is off " + member.slug())
          .next("claudemesh mcp list" + meshFlag(member));
    }
  }
}
