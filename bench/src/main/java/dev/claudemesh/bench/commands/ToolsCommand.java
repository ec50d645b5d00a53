package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.mesh.ToolsRun;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/// What the tools of a session cost.
@Command(name = "tools", description = "How fast a session's tools are listed, and what they cost.")
public final class ToolsCommand extends ScenarioCommand {
  private static final int TIMES = 20;

  @Override
  Run run() throws Exception {
    List<Result> results = new ArrayList<>();
    for (String choice : List.of("all", "core")) {
      try (TempFolder folder = TempFolder.in(dir)) {
        results.add(new ToolsRun(choice, TIMES).measure(folder.path()));
      }
    }
    return new Run(
        "tools",
        "What the tools cost a session",
        commandLine(),
        Optional.empty(),
        new Chart.Bars("tokens", List.of("tokens", "instructions_tokens")),
        List.of(
            "tokens are counted with the public vocabulary o200k, as Claude's own is not public",
            "Claude Code defers tools by default and then reads a name a tool, not these texts"),
        results);
  }
}
