package dev.claudemesh.broker.sql;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.db.SqlDatabase;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.sql.SqlReply;
import dev.claudemesh.protocol.sql.SqlRequest;
import dev.claudemesh.protocol.sql.SqlRequest.Execute;
import dev.claudemesh.protocol.sql.SqlRequest.Query;
import dev.claudemesh.protocol.sql.SqlRequest.Schema;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Running SQL in the mesh's own database.
public final class SqlHandler implements Handler<SqlRequest<?>> {
  private final SqlStore store;
  private final LimitsConfig.Sql limits;
  private final Map<String, Integer> running = new ConcurrentHashMap<>();

  public SqlHandler(Kernel kernel, SqlDatabase database) {
    this.limits = kernel.limits().sql();
    this.store = new SqlStore(database, limits);
  }

  @Override
  public Outcome handle(SqlRequest<?> request, Caller caller) {
    String mesh = caller.requireMember().meshId();
    SqlReply reply =
        inTurn(
            mesh,
            () ->
                switch (request) {
                  case Query query ->
                      store.query(
                          mesh,
                          query.sql(),
                          Math.min(query.limit().orElse(limits.rows()), limits.rows()));
                  case Execute execute -> store.execute(mesh, execute.sql());
                  case Schema schema -> store.schema(mesh);
                });
    return Outcome.of(reply);
  }

  /// No mesh takes all connections from the others.
  private SqlReply inTurn(String mesh, Supplier<SqlReply> work) {
    if (running.merge(mesh, 1, Integer::sum) > limits.perMesh()) {
      done(mesh);
      throw new Problem(
          ProblemCode.BUSY,
          "The mesh runs "
              + limits.perMesh()
              + " statements already; try again when one has ended");
    }
    try {
      return work.get();
    } finally {
      done(mesh);
    }
  }

  private void done(String mesh) {
    running.computeIfPresent(mesh, (id, count) -> count == 1 ? null : count - 1);
  }
}
