package dev.claudemesh.broker.sql;

import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.db.DatabaseSettingException;
import dev.claudemesh.db.SqlDatabase;
import dev.claudemesh.db.StatementRefusedException;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.sql.SqlReply;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Statements of meshes in their own database. One method is one transaction.
///
/// @throws Problem of each method: `query_error`, `execute_error` or `schema_error` for what
///   PostgreSQL refuses, `limit`, or `sql_unavailable`
final class SqlStore {
  private static final Logger log = LoggerFactory.getLogger(SqlStore.class);

  private final SqlDatabase database;
  private final LimitsConfig.Sql limits;

  SqlStore(SqlDatabase database, LimitsConfig.Sql limits) {
    this.database = database;
    this.limits = limits;
  }

  SqlReply.Result query(String meshId, String statement, int mostRows) {
    return told(
        ProblemCode.QUERY_ERROR,
        () -> SqlRules.result(database.read(meshId, statement, mostRows, limits.resultBytes())));
  }

  SqlReply.Result execute(String meshId, String statement) {
    return told(
        ProblemCode.EXECUTE_ERROR, () -> SqlRules.changed(database.write(meshId, statement)));
  }

  SqlReply.SchemaResult schema(String meshId) {
    int most = limits.listedColumns();
    return told(
        ProblemCode.SCHEMA_ERROR, () -> SqlRules.schema(database.tables(meshId, most + 1), most));
  }

  private <T> T told(ProblemCode code, Supplier<T> work) {
    try {
      return work.get();
    } catch (StatementRefusedException refused) {
      throw SqlRules.refusal(code, refused, limits);
    } catch (DatabaseSettingException setting) {
      log.warn("SQL of meshes cannot be run: {}", setting.getMessage());
      throw new Problem(
          ProblemCode.SQL_UNAVAILABLE,
          "This broker has no database for the SQL of meshes. Its operator must set"
              + " SQL_DATABASE_URL; the broker's log says why");
    }
  }
}
