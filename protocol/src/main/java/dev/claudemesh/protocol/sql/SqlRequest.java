package dev.claudemesh.protocol.sql;

import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Range;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import java.util.Optional;

/// Running SQL in the mesh's own database.
public sealed interface SqlRequest<R extends Reply> extends Request<R> {

  /// Runs one query.
  @Operation(
      type = "mesh_query",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary = "Read from the mesh's own PostgreSQL database with one SQL query")
  record Query(
      @Doc("One SELECT, or WITH, VALUES, TABLE, SHOW or EXPLAIN, as PostgreSQL knows them")
          @Size(value = 50_000, min = 1)
          String sql,
      @Doc("Most rows to return; 1,000 if absent") @Range(min = 1, max = 1_000)
          Optional<Integer> limit)
      implements SqlRequest<SqlReply.Result> {}

  /// Changes tables or rows.
  @Operation(
      type = "mesh_execute",
      access = Access.WRITE,
      tool = true,
      effect = Effect.DESTROY,
      summary = "Change the mesh's own PostgreSQL database: create tables, insert, update, delete")
  record Execute(
      @Doc("A statement, or several separated by ; that stand and fall together")
          @Size(value = 50_000, min = 1)
          String sql)
      implements SqlRequest<SqlReply.Result> {}

  /// Lists the tables.
  @Operation(
      type = "mesh_schema",
      access = Access.MEMBER,
      tool = true,
      effect = Effect.READ,
      summary = "List the tables and views of the mesh's own database with their columns")
  record Schema() implements SqlRequest<SqlReply.SchemaResult> {}
}
