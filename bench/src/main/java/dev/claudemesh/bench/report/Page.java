package dev.claudemesh.bench.report;

import dev.claudemesh.bench.load.Machine;
import dev.claudemesh.bench.load.Run;

/// `docs/benchmarks.md`: written by hand, but for the parts between `<!-- bench:NAME -->` and `<!--
/// /bench:NAME -->`, which are rewritten. A part whose markers are missing is added at the end.
public final class Page {
  private Page() {}

  /// The page with a scenario's part renewed: its table, what an ack means, its plot, and the
  /// command that repeats it.
  ///
  /// @param plot where its SVG is, as the page links to it
  public static String with(String page, Json.Line line, String plot) {
    Run run = line.run();
    StringBuilder part = new StringBuilder();
    part.append("![").append(run.title()).append("](").append(plot).append(")\n\n");
    part.append(Table.markdown(run)).append('\n');
    run.results()
        .forEach(result ->
            part.append("- ")
                .append(result.broker())
                .append(": ")
                .append(result.durability())
                .append(".\n"));
    run.notes().forEach(note -> part.append("- ").append(note).append(".\n"));
    part.append("\n`").append(run.command()).append("`, ").append(line.at()).append(", commit ");
    part.append(line.machine().commit()).append('\n');
    return replaced(page, run.scenario(), "## " + run.title(), part.toString());
  }

  /// The page with what the figures were measured on.
  ///
  /// @param diskSyncMs what one sync of the disk takes
  public static String with(String page, Machine machine, double diskSyncMs) {
    String part =
        """
        | | |
        |---|---|
        | CPU | %s, %d cores, shared by generator, broker and database |
        | Memory | %s |
        | Disk | 8 KB appended and synced (fdatasync) in %s ms (p50) |
        | System | %s |
        | Java | %s |
        """
            .formatted(
                machine.cpu(),
                machine.cores(),
                machine.memory(),
                Table.cell(diskSyncMs),
                machine.system(),
                machine.java());
    return replaced(page, "machine", "## The machine", part);
  }

  /// The page with what JMH measured.
  ///
  /// @param command repeats it
  public static String withJmh(String page, String table, String command, Machine machine) {
    String part = table + "\n`" + command + "`, commit " + machine.commit() + "\n";
    return replaced(page, "jmh", "## The parts by themselves", part);
  }

  private static String replaced(String page, String name, String heading, String part) {
    String begin = "<!-- bench:" + name + " -->\n";
    String end = "<!-- /bench:" + name + " -->";
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    if (from < 0 || to < from) {
      return page.stripTrailing() + "\n\n" + heading + "\n\n" + begin + part + end + "\n";
    }
    return page.substring(0, from + begin.length()) + part + page.substring(to);
  }
}
