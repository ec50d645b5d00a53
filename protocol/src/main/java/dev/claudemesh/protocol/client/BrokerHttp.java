package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Calls of a broker over HTTP, signed by a member's key where the operation asks for it.
/// Thread-safe; close it before the program ends.
///
/// Follows no redirect, and reads no answer longer than 4 MiB. A call takes 10 s at most.
public final class BrokerHttp implements AutoCloseable {
  /// @param brokerUrl the broker's WebSocket address; calls go to the same host and port
  /// @throws dev.claudemesh.protocol.Problem `invalid_argument` if it cannot be an address of a
  ///   broker
  public BrokerHttp(URI brokerUrl) {}

  /// Calls an operation.
  ///
  /// @param signer the key to sign with; empty for operations that anyone may call
  /// @param pathParameters values of the route's parameters that are no fields of the request, such
  ///   as `mesh`
  /// @throws dev.claudemesh.protocol.Problem what the broker answered, or `unreachable`, or
  ///   `timeout`
  public <R extends Reply> R call(
      Request<R> request, Optional<SecretKey> signer, Map<String, String> pathParameters) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
