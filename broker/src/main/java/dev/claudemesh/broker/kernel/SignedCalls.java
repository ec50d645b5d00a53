package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Catalog;

/// Who makes an HTTP call, by signature or token (PROTOCOL 16.2). Asked by the front door before a
/// handler is; may block on the database.
public interface SignedCalls {
  /// Resolves the caller, and the mesh the route names, as far as the operation's access asks for.
  ///
  /// @throws dev.claudemesh.protocol.Problem `unauthorized`, `bad_signature`, `timestamp_skew`,
  ///   `replayed`, `mesh_not_found`, …
  Caller resolve(HttpCall call, Catalog.Op op);
}
