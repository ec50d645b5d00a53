package dev.claudemesh.bench.commands;

import dev.claudemesh.bench.load.Chart;
import dev.claudemesh.bench.load.Result;
import dev.claudemesh.bench.load.Run;
import dev.claudemesh.bench.load.TempFolder;
import dev.claudemesh.bench.mesh.AuditRun;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// A long audit that is checked.
@Command(name = "audit", description = "How fast a long audit is checked for changes.")
public final class AuditCommand extends ScenarioCommand {
  @Option(
      names = "--entries",
      paramLabel = "<n>",
      description = "Entries of the chain; 1000000 if absent.")
  private int entries = 1_000_000;

  @Option(
      names = "--times",
      paramLabel = "<n>",
      description = "How often it is checked; 5 if absent.")
  private int times = 5;

  @Override
  Run run() throws Exception {
    try (TempFolder folder = TempFolder.in(dir)) {
      Result result = new AuditRun(entries, times).measure(folder.path());
      return new Run(
          "audit",
          "Checking an audit of " + String.format(Locale.ROOT, "%,d", entries) + " entries",
          commandLine(),
          Optional.empty(),
          new Chart.Bars("entries/s", List.of("first_entries_per_s", "entries_per_s")),
          List.of(
              "first: by a broker that has just started, its code not yet compiled; entries_per_s:"
                  + " the best of "
                  + times,
              "an entry is read from the table, hashed, and compared; 5,000 are in memory at once",
              "bytes_per_entry: table and indexes",
              loadSettings()),
          List.of(result));
    }
  }
}
