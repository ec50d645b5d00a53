package dev.claudemesh.db;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;

/// A query that is rendered once and then only bound, for reads that run so often that rendering
/// them anew each time costs more than all the rest. Thread-safe.
public final class FixedQuery {
  /// What named rendering puts for a parameter; a cast in PostgreSQL's short form has two colons.
  private static final Pattern PARAMETER = Pattern.compile("(?<!:):(\\w+)");

  private final String sql;
  private final List<String> names;
  private final Field<?>[] fields;

  private FixedQuery(String sql, List<String> names, Field<?>[] fields) {
    this.sql = sql;
    this.names = names;
    this.fields = fields;
  }

  /// @param query whose values are all parameters with names (`DSL.param`) or inline, and whose
  ///   inline texts have no colon before a letter
  /// @throws IllegalArgumentException for a value that has no name
  public static FixedQuery of(Select<?> query) {
    List<String> names = new ArrayList<>();
    String sql =
        PARAMETER
            .matcher(DSL.using(SQLDialect.POSTGRES).renderNamedParams(query))
            .replaceAll(parameter -> {
              names.add(parameter.group(1));
              return Matcher.quoteReplacement("?");
            });
    if (!query.getParams().keySet().containsAll(names)
        || names.stream().anyMatch(name -> Character.isDigit(name.charAt(0)))) {
      throw new IllegalArgumentException("A value of this query has no name: " + sql);
    }
    return new FixedQuery(sql, List.copyOf(names), query.fields());
  }

  /// Runs it.
  ///
  /// @param values of all its parameters
  /// @return the first row
  /// @throws DatabaseException if the database is busy or away
  public Optional<Record> first(DSLContext context, Map<String, String> values) {
    Object[] binds = names.stream().map(values::get).toArray();
    return PlainStatement.query(context, sql, rows -> context.fetchOptional(rows, fields), binds);
  }
}
