package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.mesh.CommandsRun;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/// How long what people and Claude Code start takes.
@Command(
    name = "commands",
    description = "How long commands, hooks and the MCP server take to start.")
public final class CommandsCommand extends ScenarioCommand {
  private static final int TIMES = 20;

  @Override
  Run run() throws Exception {
    try (TempFolder folder = TempFolder.in(dir)) {
      return new Run(
          "commands",
          "Starting commands",
          commandLine(),
          Optional.empty(),
          new Chart.Bars(
              "ms",
              List.of(
                  "node_p50_ms",
                  "version_p50_ms",
                  "peers_p50_ms",
                  "mcp_initialize_p50_ms",
                  "hook_p50_ms",
                  "status_line_p50_ms")),
          List.of(
              "each from its start to its end, by the launcher of this checkout, "
                  + TIMES
                  + " times in turns; the MCP server to its answer to initialize",
              "node: node -e 0, for comparison; peers: against a broker on this machine",
              "hook: a prompt hook of a session whose MCP server runs"),
          List.of(new CommandsRun(TIMES).measure(folder.path())));
    }
  }
}
