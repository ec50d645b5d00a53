package dev.claudemesh.cli.claude;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.Version;
import dev.claudemesh.cli.services.McpCallCommand;
import dev.claudemesh.cli.services.McpHostCommand;
import dev.claudemesh.cli.services.McpListCommand;
import dev.claudemesh.cli.services.McpRemoveCommand;
import dev.claudemesh.mcp.ClaudeMcp;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The MCP server of one Claude Code session; Claude Code starts it.
@Command(
    name = "mcp",
    description =
        "Lend MCP tools to a mesh and call those others lend; alone, the server Claude Code starts.",
    subcommands = {
      McpHostCommand.class,
      McpListCommand.class,
      McpCallCommand.class,
      McpRemoveCommand.class
    })
public final class McpCommand extends CliCommand {
  @Option(
      names = "--tools",
      paramLabel = "<words>",
      description =
          "Which tools the session is offered: all (default), core, or groups and tools with commas"
              + " between, such as core,state,tasks. CLAUDEMESH_TOOLS says the same.")
  private Optional<String> tools = Optional.empty();

  public McpCommand(Context context) {
    super(context);
  }

  @Override
  public Integer call() {
    OutputStream protocol = new FileOutputStream(FileDescriptor.out);
    // Whatever else prints to stdout would break the protocol.
    System.setOut(System.err);
    Map<String, String> variables = new HashMap<>(context.environment().variables());
    tools.ifPresent(words -> variables.put("CLAUDEMESH_TOOLS", words));
    ClaudeMcp.run(
        variables, context.folder(), Version.number(), context.environment().in(), protocol);
    return ExitCode.OK.number();
  }

  @Override
  protected Answer answer() {
    throw new IllegalStateException("The MCP server answers on its own");
  }
}
