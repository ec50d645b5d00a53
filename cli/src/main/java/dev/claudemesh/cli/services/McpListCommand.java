package dev.claudemesh.cli.services;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.services.ServiceReply.Server;
import dev.claudemesh.protocol.services.ServiceReply.Servers;
import dev.claudemesh.protocol.services.ServiceReply.Tool;
import dev.claudemesh.protocol.services.ServiceRequest;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// What is lent on a mesh; with a name, one server's tools.
@Does(Effect.READ)
@Command(
    name = "list",
    description = "List the MCP servers that members lend; with a name, the tools of one.")
public final class McpListCommand extends MeshCommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "<server>",
      description = "Show this server's tools and what they take.")
  private Optional<String> server = Optional.empty();

  public McpListCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      Servers servers = link.ask(new ServiceRequest.ListServers(server));
      Answer answer = Answer.of(servers);
      if (servers.servers().isEmpty()) {
        return answer
            .line(Style.MUTED, "Nobody lends tools on " + member.slug() + " yet.")
            .next("claudemesh mcp host <name>" + meshFlag(member) + " -- <command>");
      }
      if (server.isPresent()) {
        Server one = servers.servers().getFirst();
        return answer
            .table(tools(one))
            .next("claudemesh mcp call " + word(one.name()) + " <tool>" + meshFlag(member));
      }
      return answer.table(table(servers)).next("claudemesh mcp list <server>" + meshFlag(member));
    }
  }

  /// As a word of a command line that somebody copies: a shell finds nothing to do in it.
  static String word(String name) {
    String safe = SafeText.line(name);
    return safe.matches("[\\p{L}\\p{N}_][\\p{L}\\p{N}._-]*")
        ? safe
        : "'" + safe.replace("'", "'\\''") + "'";
  }

  private static Table table(Servers servers) {
    Table table = Table.of("SERVER", "HOSTED BY", "STATE", "TOOLS", "FOR");
    for (Server one : servers.servers()) {
      table.row(
          one.online() ? null : Style.MUTED,
          one.name(),
          one.hostedBy(),
          one.online() ? "online" : "offline",
          one.tools().stream().map(Tool::name).collect(Collectors.joining(", ")),
          one.description());
    }
    return table;
  }

  private static Table tools(Server one) {
    Table table = Table.of("TOOL", "TAKES", "DOES");
    for (Tool tool : one.tools()) {
      table.row(
          tool.name(),
          tool.inputSchema()
              .map(schema -> String.join(", ", schema.path("properties").propertyNames()))
              .orElse(""),
          tool.description());
    }
    return table;
  }
}
