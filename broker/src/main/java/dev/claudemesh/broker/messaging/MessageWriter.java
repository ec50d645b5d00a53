package dev.claudemesh.broker.messaging;

/// The queue's only writer. Carries out commands in the order in which they were given; a message
/// is acknowledged and handed out only after its transaction was committed.
interface MessageWriter {
  /// Gives a command, waiting for room if too many wait already.
  ///
  /// @throws dev.claudemesh.protocol.Problem `busy` if there is still no room after a while; the
  ///   command was not taken
  void submit(Command command);

  /// Gives a command that must not be lost and of which there can be only so many: at most one for
  /// each copy in flight, and a few for each peer. Never waits.
  void tell(Command command);

  /// Begins to write. Commands given before are kept.
  void start();

  /// Carries out what was given, then stops; what the database does not take in time is refused
  /// with `shutting_down`. May be called twice.
  void stop();
}
