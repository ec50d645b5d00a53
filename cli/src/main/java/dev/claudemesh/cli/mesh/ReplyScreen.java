package dev.claudemesh.cli.mesh;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.terminal.Columns;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Sheet;
import dev.claudemesh.protocol.Sheet.Cell;
import dev.claudemesh.protocol.messaging.MessageReply;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.regex.Pattern;

/// Any reply as a person reads it: facts one a line, things as a table. Ids and keys are shortened,
/// moments are told from now.
public final class ReplyScreen {
  private static final Pattern CAPITAL = Pattern.compile("(?<=[a-z0-9])[A-Z]");
  private static final int SHORT = 8;

  private ReplyScreen() {}

  public static Answer of(Reply reply, Instant now) {
    Answer answer = Answer.of(reply);
    if (reply instanceof MessageReply.Ack) {
      return answer.line("Done.");
    }
    Sheet sheet = Sheet.of(reply);
    int widest =
        sheet.facts().keySet().stream().mapToInt(name -> words(name).length()).max().orElse(0);
    sheet
        .facts()
        .forEach((name, cell) ->
            answer.line(
                Columns.fill(capital(words(name)), widest) + "  " + SafeText.body(cell.text())));
    sheet
        .listing()
        .ifPresent(name -> {
          if (sheet.rows().isEmpty()) {
            answer.line("No " + words(name) + ".");
          } else {
            answer.table(table(sheet, now));
          }
        });
    return answer;
  }

  private static Table table(Sheet sheet, Instant now) {
    Table table =
        Table.of(
            sheet.headings().stream()
                .map(heading -> words(heading).toUpperCase(Locale.ROOT))
                .toArray(String[]::new));
    sheet
        .rows()
        .forEach(
            row -> table.row(row.stream().map(cell -> cell(cell, now)).toArray(String[]::new)));
    return table;
  }

  private static String cell(Cell cell, Instant now) {
    if (cell.moment().isPresent()) {
      Duration since = Duration.between(cell.moment().get(), now);
      return since.isNegative() ? "in " + Span.ago(since.negated()) : Span.ago(since) + " ago";
    }
    return cell.id() ? cell.text().substring(0, SHORT) : cell.text();
  }

  /// `claimedBy` as people write it.
  private static String words(String name) {
    return CAPITAL.matcher(name).replaceAll(" $0").replace('_', ' ').toLowerCase(Locale.ROOT);
  }

  private static String capital(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }
}
