package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import java.util.concurrent.CompletableFuture;

/// Where the front door records what was done. The room audit keeps it.
public interface AuditTrail {
  /// Records an operation that was carried out. Never waits, except for room where very much is
  /// being recorded.
  ///
  /// @return completes when the caller may be answered: once the entry was committed, or at once
  ///   where nothing is recorded or the answer need not wait for it; fails with a {@link
  ///   dev.claudemesh.protocol.Problem} if the entry could not be written
  CompletableFuture<Void> record(Catalog.Op op, Request<?> request, Caller caller, Reply reply);
}
