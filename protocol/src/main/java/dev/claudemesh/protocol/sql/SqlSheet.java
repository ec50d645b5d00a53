package dev.claudemesh.protocol.sql;

import dev.claudemesh.protocol.Sheet;
import dev.claudemesh.protocol.Sheet.Cell;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What SQL found, as it is shown: its own columns are the headings.
public final class SqlSheet {
  private SqlSheet() {}

  public static Sheet of(SqlReply.Result result) {
    Map<String, Cell> facts = new LinkedHashMap<>();
    if (result.columns().isEmpty() && result.rows().isEmpty()) {
      facts.put("rowCount", cell(Long.toString(result.rowCount())));
      return new Sheet(facts, Optional.empty(), List.of(), List.of());
    }
    noteTruncated(facts, result.truncated());
    return new Sheet(
        facts,
        Optional.of("rows"),
        result.columns(),
        result.rows().stream()
            .map(row -> result.columns().stream().map(column -> cell(row.path(column))).toList())
            .toList());
  }

  public static Sheet of(SqlReply.SchemaResult schema) {
    Map<String, Cell> facts = new LinkedHashMap<>();
    noteTruncated(facts, schema.truncated());
    return new Sheet(
        facts,
        Optional.of("tables"),
        List.of("table", "column", "type", "nullable"),
        schema.tables().stream()
            .flatMap(table ->
                table.columns().isEmpty()
                    ? Stream.of(List.of(cell(table.name()), cell(""), cell(""), cell("")))
                    : table.columns().stream().map(column -> row(table, column)))
            .toList());
  }

  private static List<Cell> row(SqlReply.Table table, SqlReply.Column column) {
    return List.of(
        cell(table.name()),
        cell(column.name()),
        cell(column.type()),
        cell(column.nullable() ? "null" : "not null"));
  }

  private static void noteTruncated(Map<String, Cell> facts, Optional<Boolean> truncated) {
    if (truncated.orElse(false)) {
      facts.put("truncated", cell("there are more"));
    }
  }

  private static Cell cell(JsonNode value) {
    return cell(
        value.isMissingNode() || value.isNull()
            ? ""
            : value.isString() ? value.stringValue() : value.toString());
  }

  private static Cell cell(String text) {
    return new Cell(text, Optional.empty(), false);
  }
}
