package dev.claudemesh.bench.faults;

import java.time.Duration;
import java.util.Locale;

/// Something that goes wrong, and how long it stays so. Each is put right by who did it.
sealed interface Fault {
  /// `kill -9` of the broker; started again after a while.
  record BrokerKill(Duration down) implements Fault {}

  /// The broker is told to end and started again at once.
  record BrokerRestart() implements Fault {}

  /// The broker is stopped, and goes on.
  record BrokerPause(Duration pause) implements Fault {}

  /// `kill -9` of PostgreSQL's first process.
  record DatabaseKill(Duration down) implements Fault {}

  /// `kill -9` of one process that serves a connection, upon which PostgreSQL ends all.
  record BackendKill() implements Fault {}

  /// Every process of PostgreSQL is stopped, and goes on.
  record DatabasePause(Duration pause) implements Fault {}

  /// The connections between broker and database are reset.
  record DatabaseCut() implements Fault {}

  /// Somebody holds a lock on the messages, so that whoever writes or reads one waits with a
  /// connection of the pool in hand.
  record TableLock(Duration held) implements Fault {}

  /// Somebody takes every connection that PostgreSQL has left, and those the broker has are ended.
  record SlotsTaken(Duration held) implements Fault {}

  /// The broker's clock is off for a while.
  record BrokerClock(Duration off, Duration held) implements Fault {}

  /// A client process's clock is off for a while.
  record ClientClock(int process, Duration off, Duration held) implements Fault {}

  /// `kill -9` of a client process; started again after a while.
  record ClientKill(int process, Duration down) implements Fault {}

  /// A client process is stopped, and goes on.
  record ClientPause(int process, Duration pause) implements Fault {}

  /// The connections of a client process are reset.
  record Cut(int process) implements Fault {}

  /// The connections of a client process swallow what is written, in both directions or in one,
  /// until somebody loses patience.
  record HalfOpen(int process, boolean toServer, boolean toClient) implements Fault {}

  /// Nothing moves in one direction for a while.
  record Stall(int process, boolean toServer, Duration held) implements Fault {}

  /// Everything takes longer for a while.
  record Slow(int process, Duration delay, Duration held) implements Fault {}

  /// How it is called in counts.
  default String kind() {
    return getClass().getSimpleName().replaceAll("(?<=.)([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }
}
