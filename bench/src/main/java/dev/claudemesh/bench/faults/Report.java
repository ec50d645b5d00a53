package dev.claudemesh.bench.faults;

import dev.claudemesh.bench.faults.Checker.Tally;
import dev.claudemesh.bench.faults.FaultRun.Done;
import dev.claudemesh.bench.faults.FaultRun.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/// What a run came to, for people and with `--json` for programs.
///
/// @param sessionsFixed whether all sessions counted as present all the time; see {@link
///   Evidence.Due}
/// @param skipped faults that this machine or this run has no place for
/// @param kills processes killed with -9: broker, database, clients
/// @param recoverMillis longest time from the end of a fault of broker or database to the next ack
record Report(
    long seed,
    long seconds,
    String database,
    boolean sessionsFixed,
    int sent,
    int kept,
    int acked,
    Map<String, Integer> refused,
    int shown,
    int shownAgainAfterKill,
    int kills,
    Map<String, Integer> faults,
    Map<String, Integer> skipped,
    long recoverMillis,
    Map<Finding.Kind, Integer> findings,
    String folder) {

  static Report of(
      Options options,
      Schedule schedule,
      Tally tally,
      List<Finding> findings,
      List<Done> timeline,
      Map<String, Integer> skipped,
      Map<String, List<Entry>> ledgers) {
    Map<String, Integer> faults = new TreeMap<>();
    timeline.forEach(done -> faults.merge(done.fault().kind(), 1, Integer::sum));
    Map<Finding.Kind, Integer> found = new TreeMap<>();
    for (Finding.Kind kind : Finding.Kind.values()) {
      found.put(kind, (int) findings.stream().filter(each -> each.kind() == kind).count());
    }
    return new Report(
        options.seed(),
        options.length().toSeconds(),
        schedule.external() ? "a server apart" : "the broker's own",
        schedule.fixed(),
        tally.sent(),
        tally.kept(),
        tally.acked(),
        tally.refused(),
        tally.shown(),
        tally.shownAgain(),
        (int) timeline.stream().filter(done -> done.fault().kind().endsWith(" kill")).count(),
        faults,
        skipped,
        longestRecovery(timeline, ledgers),
        found,
        options.folder().toString());
  }

  /// Faults upon which the next one followed before anybody was served are not counted.
  private static long longestRecovery(List<Done> timeline, Map<String, List<Entry>> ledgers) {
    long[] acks =
        ledgers.values().stream()
            .flatMap(List::stream)
            .filter(Entry.Acked.class::isInstance)
            .mapToLong(Entry::at)
            .sorted()
            .toArray();
    List<Done> middle = timeline.stream().filter(Done::middle).toList();
    long longest = 0;
    for (int i = 0; i < middle.size(); i++) {
      long healed = middle.get(i).to();
      long next = i + 1 < middle.size() ? middle.get(i + 1).from() : Long.MAX_VALUE;
      OptionalLong ack = java.util.Arrays.stream(acks).filter(at -> at >= healed).findFirst();
      if (ack.isPresent() && ack.getAsLong() < next) {
        longest = Math.max(longest, ack.getAsLong() - healed);
      }
    }
    return longest;
  }

  boolean clean() {
    return findings.values().stream().allMatch(count -> count == 0);
  }

  List<String> table() {
    List<String> lines = new ArrayList<>();
    row(lines, "seed", seed);
    row(lines, "faults made for", seconds + " s");
    row(lines, "database", database);
    row(lines, "sessions", sessionsFixed ? "all present" : "come and go");
    row(lines, "sent", sent);
    row(lines, "kept by clients", kept);
    row(lines, "acknowledged", acked);
    refused.forEach((code, count) -> row(lines, "refused " + code, count));
    row(lines, "shown", shown);
    row(lines, "shown, killed, shown", shownAgainAfterKill);
    row(lines, "killed with -9", kills);
    row(lines, "longest to recover", recoverMillis + " ms");
    faults.forEach((kind, count) -> row(lines, "fault: " + kind, count));
    skipped.forEach((kind, count) -> row(lines, "not possible: " + kind, count));
    findings.forEach((kind, count) ->
        row(lines, kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '), count));
    return lines;
  }

  private static void row(List<String> lines, String name, Object value) {
    lines.add(String.format("%-26s %s", name, value));
  }
}
