package dev.claudemesh.bench.faults;

import dev.claudemesh.bench.faults.FaultRun.Done;
import dev.claudemesh.bench.faults.Finding.MessageName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Tells what is known of the messages that something was found about: their lines in all ledgers,
/// the faults meanwhile, the rows of the database, and what the broker logged.
record History(Arena arena, Evidence evidence, List<Done> timeline, long began) {
  /// More findings are most likely the same one again.
  private static final int MOST = 20;

  private static final int LOG_LINES = 200;

  private static final Set<String> BODY = Set.of("nonce", "ciphertext");

  /// Writes `findings.txt` in the folder of the run.
  void write(Report report, List<Finding> findings) throws IOException {
    List<String> lines = new ArrayList<>(report.table());
    lines.add("");
    lines.add("faults:");
    timeline.forEach(done -> lines.add("  " + line(done)));
    lines.add("");
    for (Finding finding : findings.stream().limit(MOST).toList()) {
      lines.add("=== " + finding);
      finding.message().ifPresent(name -> tell(name, lines));
      lines.add("");
    }
    if (findings.size() > MOST) {
      lines.add("=== and these:");
      findings.stream().skip(MOST).forEach(finding -> lines.add(finding.toString()));
    }
    Files.write(file(arena.run()), lines);
  }

  static Path file(Path run) {
    return run.resolve("findings.txt");
  }

  private String line(Done done) {
    return time(done.from()) + " to " + time(done.to()) + "  " + done.fault();
  }

  private String time(long at) {
    return String.format("%8.3f", (at - began) / 1_000.0);
  }

  private void tell(MessageName name, List<String> lines) {
    Map<Long, List<String>> story = new TreeMap<>();
    Set<String> ids = new TreeSet<>();
    evidence
        .ledgers()
        .forEach((peer, ledger) ->
            ledger.stream()
                .filter(entry -> concerns(name, peer, entry, ids))
                .forEach(entry -> add(story, entry.at(), peer, entry)));
    if (!story.isEmpty()) {
      long first = ((TreeMap<Long, List<String>>) story).firstKey();
      long last = ((TreeMap<Long, List<String>>) story).lastKey();
      aroundIt(name, story, first - 1_000, last + 1_000);
    }
    story.forEach((at, told) -> told.forEach(line -> lines.add(time(at) + "  " + line)));
    ids.forEach(id -> {
      rows("select * from mesh.message where id = ?", id, lines);
      rows("select * from mesh.delivery where message_id = ?", id, lines);
    });
    log(ids, lines);
  }

  private static void add(Map<Long, List<String>> story, long at, String who, Entry entry) {
    String line = entry.line();
    story
        .computeIfAbsent(at, time -> new ArrayList<>())
        .add(who + "  " + line.substring(line.indexOf(' ') + 1));
  }

  private static boolean concerns(MessageName name, String peer, Entry entry, Set<String> ids) {
    boolean own = peer.equals(name.sender());
    return switch (entry) {
      case Entry.Sent e -> own && e.number() == name.number();
      case Entry.Kept e -> own && e.number() == name.number();
      case Entry.Refused e -> own && e.number() == name.number();
      case Entry.Acked e -> own && e.number() == name.number() && ids.add(e.id()) | true;
      case Entry.Shown e ->
          e.sender().equals(name.sender()) && e.number() == name.number() && ids.add(e.id()) | true;
      case Entry.Marked e -> ids.contains(e.id());
      case Entry.Dropped e -> own;
      case Entry.Start e -> false;
      case Entry.Ended e -> false;
      case Entry.Note e -> false;
    };
  }

  /// What else happened to those who had to do with it, and what was wrong at the time.
  private void aroundIt(MessageName name, Map<Long, List<String>> story, long from, long to) {
    Set<String> concerned = new TreeSet<>(Set.of(name.sender()));
    story.values().stream()
        .flatMap(List::stream)
        .forEach(line -> concerned.add(line.substring(0, line.indexOf(' '))));
    for (String peer : concerned) {
      evidence.ledgers().getOrDefault(peer, List.of()).stream()
          .filter(entry ->
              entry instanceof Entry.Start
                  || entry instanceof Entry.Ended
                  || entry instanceof Entry.Note)
          .filter(entry -> entry.at() >= from && entry.at() <= to)
          .forEach(entry -> add(story, entry.at(), peer, entry));
    }
    timeline.stream()
        .filter(done -> done.to() >= from && done.from() <= to)
        .forEach(done ->
            story
                .computeIfAbsent(done.from(), time -> new ArrayList<>())
                .add("FAULT  " + line(done)));
  }

  private void rows(String sql, String id, List<String> lines) {
    try (Connection connection = arena.postgres().connect(Duration.ofSeconds(10));
        PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, id);
      try (ResultSet rows = statement.executeQuery()) {
        ResultSetMetaData about = rows.getMetaData();
        while (rows.next()) {
          StringBuilder line = new StringBuilder("  row ");
          for (int column = 1; column <= about.getColumnCount(); column++) {
            if (BODY.contains(about.getColumnName(column))) {
              continue;
            }
            line.append(' ').append(about.getColumnName(column)).append('=');
            line.append(rows.getString(column));
          }
          lines.add(line.toString());
        }
      }
    } catch (SQLException e) {
      lines.add("  no rows: " + e.getMessage());
    }
  }

  private void log(Set<String> ids, List<String> lines) {
    try (Stream<String> log = Files.lines(arena.broker().log())) {
      log.filter(line -> ids.stream().anyMatch(line::contains))
          .limit(LOG_LINES)
          .forEach(line -> lines.add("  log  " + line));
    } catch (IOException e) {
      lines.add("  no log: " + e.getMessage());
    }
  }
}
