package dev.claudemesh.protocol.sql;

import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What the room sql answers.
public sealed interface SqlReply extends Reply {

  /// What a query found, or how much a statement changed.
  @Frame(
      type = "mesh_query_result",
      summary = "The rows a query found; of a statement how many rows it changed")
  record Result(
      @Doc("Names of the columns, in order; a second one of a name has _2 behind it")
          List<String> columns,
      @Doc("One object a row, by column; numbers that JavaScript would round are texts")
          List<JsonNode> rows,
      @Doc("How many rows these are, or were changed") long rowCount,
      @Doc("The PostgreSQL type of each column, such as int4 or text[]")
          Optional<List<String>> columnTypes,
      @Doc("Whether there are more rows than were returned") Optional<Boolean> truncated)
      implements SqlReply {}

  /// The tables.
  @Frame(type = "mesh_schema_result", summary = "Tables and views of the mesh's database by name")
  record SchemaResult(
      @Doc("The tables and views") List<Table> tables,
      @Doc("Whether there are more than were returned") Optional<Boolean> truncated)
      implements SqlReply {}

  /// A table or view.
  record Table(@Doc("Its name") String name, @Doc("Its columns, in order") List<Column> columns) {}

  /// A column of a table or view.
  record Column(
      @Doc("Its name") String name,
      @Doc("Its PostgreSQL type, such as integer or numeric(10,2)") String type,
      @Doc("Whether it may be null") boolean nullable) {}
}
