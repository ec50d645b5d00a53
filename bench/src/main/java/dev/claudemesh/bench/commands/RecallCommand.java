package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.mesh.RecallRun;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Memories that are searched for.
@Command(name = "recall", description = "How fast memories are found where there are very many.")
public final class RecallCommand extends ScenarioCommand {
  @Option(
      names = "--memories",
      paramLabel = "<n>",
      description = "Memories of the mesh that is searched; 1000000 if absent.")
  private int memories = 1_000_000;

  @Option(
      names = "--others",
      paramLabel = "<n>",
      description = "Memories of each of two other meshes; 200000 if absent.")
  private int others = 200_000;

  @Option(
      names = "--questions",
      paramLabel = "<n>",
      description = "Searches of each kind; 400 if absent.")
  private int questions = 400;

  @Option(
      names = "--peers",
      paramLabel = "<n>",
      description = "Who search at once in the end; 4 if absent.")
  private int peers = 4;

  @Override
  Run run() throws Exception {
    try (TempFolder folder = TempFolder.in(dir)) {
      Result result = new RecallRun(memories, others, questions, peers).measure(folder.path());
      return new Run(
          "recall",
          "Searching "
              + String.format(java.util.Locale.ROOT, "%,d", memories)
              + " memories (recall)",
          commandLine(),
          Optional.empty(),
          new Chart.Bars(
              "ms", List.of("recall_p50_ms", "recall_p95_ms", "recall_p99_ms", "recall_max_ms")),
          List.of(
              "texts of 8 to 39 words and up to 3 tags, from 120,000 words that are used as words of"
                  + " a language are (Zipf); two other meshes of "
                  + others
                  + " memories in the same tables",
              "recall: one peer asks one question after the other, "
                  + questions
                  + " of each kind, over the socket; then "
                  + peers
                  + " peers ask all kinds by turns",
              loadSettings()),
          List.of(result));
    }
  }
}
