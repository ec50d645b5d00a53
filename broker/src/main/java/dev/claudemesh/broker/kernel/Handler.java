package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Request;

/// A room's door: the only public class of a room. Called on the caller's lane, one request at a
/// time a connection; may block on the database.
///
/// @param <F> the room's sealed request family
public interface Handler<F extends Request<?>> {
  /// Carries out one request that was decoded, checked, rate-limited and found permitted.
  ///
  /// @throws dev.claudemesh.protocol.Problem if the caller can do something about the failure; then
  ///   nothing changed
  Outcome handle(F request, Caller caller);
}
