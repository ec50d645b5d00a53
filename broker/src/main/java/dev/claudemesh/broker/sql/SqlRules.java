package dev.claudemesh.broker.sql;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.db.SqlDatabase;
import dev.claudemesh.db.SqlDatabase.Rows;
import dev.claudemesh.db.SqlDatabase.TableColumn;
import dev.claudemesh.db.StatementRefusedException;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.sql.SqlReply;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// How rows, tables and refusals look on the wire. Pure.
final class SqlRules {
  private static final ObjectReader VALUES =
      Wire.mapper()
          .reader()
          .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /// The largest whole number from which JavaScript still counts on by one.
  private static final long MOST_EXACT = 1L << 53;

  /// Digits that a floating-point number keeps, whatever they are.
  private static final int EXACT_DIGITS = 15;

  /// Zeros that a number as a text may begin or end with.
  private static final int MOST_ZEROS = 100;

  private SqlRules() {}

  /// What a query found.
  ///
  /// @throws Problem `query_error` if a value cannot be sent as JSON
  static SqlReply.Result result(Rows rows) {
    List<String> names = distinct(rows.columns().stream().map(SqlDatabase.Column::name).toList());
    List<JsonNode> objects = rows.lines().stream().map(line -> row(names, line)).toList();
    return new SqlReply.Result(
        names,
        objects,
        objects.size(),
        Optional.of(rows.columns().stream().map(SqlDatabase.Column::type).toList()),
        rows.truncated() ? Optional.of(true) : Optional.empty());
  }

  /// How much a statement changed.
  static SqlReply.Result changed(long rows) {
    return new SqlReply.Result(List.of(), List.of(), rows, Optional.empty(), Optional.empty());
  }

  /// The same names, each once: the second `id` is `id_2`, unless that is there too.
  static List<String> distinct(List<String> names) {
    Set<String> taken = new HashSet<>(names);
    Set<String> seen = new HashSet<>();
    List<String> distinct = new ArrayList<>();
    for (String name : names) {
      String free = name;
      for (int i = 2; !seen.add(free); i++) {
        String next = name + "_" + i;
        free = taken.contains(next) ? free : next;
      }
      distinct.add(free);
    }
    return List.copyOf(distinct);
  }

  private static JsonNode row(List<String> names, String line) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    try (JsonParser fields = VALUES.createParser(line)) {
      fields.nextToken();
      for (String name : names) {
        fields.nextToken();
        fields.nextToken();
        row.set(name, exact(VALUES.readTree(fields)));
      }
      return row;
    } catch (JacksonException e) {
      throw new Problem(
          ProblemCode.QUERY_ERROR,
          "A value in the result nests too deeply or is too long a number; cast it to text");
    }
  }

  /// As a text where a reader that knows floating-point numbers only would get another value.
  private static JsonNode exact(JsonNode value) {
    if (value.isIntegralNumber()
        && !(value.canConvertToLong()
            && value.longValue() >= -MOST_EXACT
            && value.longValue() <= MOST_EXACT)) {
      return JsonNodeFactory.instance.stringNode(value.asString());
    }
    if (value.isBigDecimal() && !exact(value.decimalValue())) {
      return JsonNodeFactory.instance.stringNode(text(value.decimalValue()));
    }
    return value;
  }

  private static boolean exact(BigDecimal number) {
    double read = number.doubleValue();
    return number.precision() <= EXACT_DIGITS
        && Double.isFinite(read)
        && (read != 0 || number.signum() == 0);
  }

  /// With an exponent where the zeros would be many: of sixteen digits and `e60000000` they would
  /// fill the memory.
  private static String text(BigDecimal number) {
    return Math.abs((long) number.scale()) > MOST_ZEROS
        ? number.toString()
        : number.toPlainString();
  }

  /// Tables by name, from their columns.
  ///
  /// @param most columns there may be; if there are more, the last table is not whole and left out
  static SqlReply.SchemaResult schema(List<TableColumn> columns, int most) {
    Map<String, List<SqlReply.Column>> tables = new LinkedHashMap<>();
    for (TableColumn column : columns) {
      List<SqlReply.Column> known =
          tables.computeIfAbsent(column.table(), name -> new ArrayList<>());
      column
          .column()
          .ifPresent(
              name -> known.add(new SqlReply.Column(name, column.type(), column.nullable())));
    }
    boolean truncated = columns.size() > most;
    if (truncated) {
      tables.remove(columns.getLast().table());
    }
    return new SqlReply.SchemaResult(
        tables.entrySet().stream()
            .map(table -> new SqlReply.Table(table.getKey(), List.copyOf(table.getValue())))
            .toList(),
        truncated ? Optional.of(true) : Optional.empty());
  }

  /// Why a statement was refused, as its writer is told.
  ///
  /// @param code what PostgreSQL's own refusals are called for this operation
  static Problem refusal(
      ProblemCode code, StatementRefusedException refused, LimitsConfig.Sql limits) {
    return switch (refused.sqlState()) {
      case SqlDatabase.FULL, SqlDatabase.FULL_OF_DEAD_ROWS ->
          new Problem(
              ProblemCode.LIMIT,
              "The database of the mesh may take "
                  + (limits.quotaBytes() >> 20)
                  + " MB; nothing was changed. Drop tables, or delete rows and try again in a"
                  + " minute");
      case SqlDatabase.TOO_MANY_RELATIONS ->
          new Problem(
              ProblemCode.LIMIT,
              "A mesh may have "
                  + limits.relations()
                  + " tables, indexes, views and sequences together; nothing was changed");
      case SqlDatabase.ALL_FULL ->
          new Problem(
              ProblemCode.LIMIT,
              "The databases of all meshes of this broker may take "
                  + (limits.totalBytes() >> 20)
                  + " MB together; nothing was changed. Its operator can raise SQL_TOTAL_MB");
      case SqlDatabase.TOO_LONG_DEFINITIONS ->
          new Problem(
              ProblemCode.LIMIT,
              "Functions, views, columns, comments and the like of a mesh may take "
                  + Math.max(limits.quotaBytes() >> 24, 1)
                  + " MB; nothing was changed");
      case "57014" ->
          new Problem(
              code,
              "The statement ran longer than "
                  + limits.statement().toSeconds()
                  + " s and was ended; nothing was changed",
              details(refused));
      case "25006" ->
          new Problem(
              code,
              refused.getMessage() + "; use mesh_execute to change something",
              details(refused));
      default -> new Problem(code, refused.getMessage(), details(refused));
    };
  }

  private static ObjectNode details(StatementRefusedException refused) {
    ObjectNode details = JsonNodeFactory.instance.objectNode();
    details.put("sqlstate", refused.sqlState());
    refused.position().ifPresent(position -> details.put("position", position));
    refused.hint().ifPresent(hint -> details.put("hint", hint));
    // Of other classes the detail may name what is the server's own.
    refused
        .detail()
        .filter(detail -> refused.sqlState().startsWith("23"))
        .ifPresent(detail -> details.put("detail", detail));
    return details;
  }
}
