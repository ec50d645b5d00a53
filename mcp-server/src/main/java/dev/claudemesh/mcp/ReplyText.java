package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Sheet;
import dev.claudemesh.protocol.Sheet.Cell;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Any reply in few words: facts one a line, things one a line under their headings, and in blocks
/// where a value is long.
final class ReplyText {
  private static final int LONG = 160;
  private static final String BAR = " | ";

  private ReplyText() {}

  static String of(Reply reply) {
    Sheet sheet = Sheet.of(reply);
    List<String> lines = new ArrayList<>();
    sheet.facts().forEach((name, cell) -> lines.add(name + ": " + value(cell)));
    sheet
        .listing()
        .ifPresent(name -> lines.add(sheet.rows().isEmpty() ? "No " + name + "." : things(sheet)));
    return lines.isEmpty() ? "Done." : String.join("\n", lines);
  }

  private static String things(Sheet sheet) {
    boolean fits = sheet.rows().stream().flatMap(List::stream).noneMatch(ReplyText::needsBlock);
    return fits
        ? String.join(BAR, sheet.headings().stream().map(PeerText::attribute).toList())
            + "\n"
            + String.join("\n", sheet.rows().stream().map(ReplyText::row).toList())
        : String.join("\n", sheet.rows().stream().map(row -> block(sheet, row)).toList());
  }

  /// Nor can a text pose as further columns of a line.
  private static boolean needsBlock(Cell cell) {
    String text = cell.text();
    return text.length() > LONG || text.indexOf('\n') >= 0 || text.contains(BAR.strip());
  }

  private static String row(List<Cell> row) {
    return String.join(BAR, row.stream().map(ReplyText::value).toList());
  }

  private static String block(Sheet sheet, List<Cell> row) {
    return "- "
        + String.join(
            "\n  ",
            IntStream.range(0, row.size())
                .filter(i -> !row.get(i).isEmpty())
                .mapToObj(
                    i -> PeerText.attribute(sheet.headings().get(i)) + ": " + value(row.get(i)))
                .toList());
  }

  /// Lines of a value stand deeper than the names of values, so that no text can pose as one.
  private static String value(Cell cell) {
    return cell.moment()
        .map(moment -> moment.truncatedTo(ChronoUnit.SECONDS).toString())
        .orElseGet(() -> PeerText.body(cell.text()).replace("\n", "\n    "));
  }
}
