package dev.claudemesh.protocol.client;

import java.time.Duration;

/// The times and sizes a client keeps to.
///
/// @param connectTimeout for the socket to open
/// @param helloTimeout for the answer to the hello
/// @param callTimeout for the answer to a call
/// @param pingEvery how often the client pings the broker
/// @param idleTimeout without any frame or ping for so long, the connection counts as lost
/// @param firstPause pause before the first try again; doubles up to maxPause, each ±20 %
/// @param reconnect false for a one-shot command: the first failure ends the client
/// @param maxCalls calls that may wait for an answer; one more is refused with `limit`
/// @param maxInboundBytes a longer frame ends the connection
/// @param maxWaitingForKey group messages kept until their epoch key comes, where the inbox does
///   not outlive the process; further ones stay with the broker
/// @param repeatsPerMinute identical texts to one target within a minute; one more is refused with
///   `repeated`
/// @param maxUnacked messages on their way to the broker at a time; further ones wait for an ack
public record ClientLimits(
    Duration connectTimeout,
    Duration helloTimeout,
    Duration callTimeout,
    Duration pingEvery,
    Duration idleTimeout,
    Duration firstPause,
    Duration maxPause,
    boolean reconnect,
    int maxCalls,
    int maxInboundBytes,
    int maxWaitingForKey,
    int repeatsPerMinute,
    int maxUnacked) {

  /// For a client that stays.
  public static final ClientLimits SESSION =
      new ClientLimits(
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(90),
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          true,
          256,
          4 << 20,
          1_000,
          5,
          64);

  /// For one command: no second try.
  public static final ClientLimits ONE_SHOT = SESSION.withReconnect(false);

  public ClientLimits withReconnect(boolean again) {
    return new ClientLimits(
        connectTimeout,
        helloTimeout,
        callTimeout,
        pingEvery,
        idleTimeout,
        firstPause,
        maxPause,
        again,
        maxCalls,
        maxInboundBytes,
        maxWaitingForKey,
        repeatsPerMinute,
        maxUnacked);
  }

  public ClientLimits withCallTimeout(Duration patience) {
    return new ClientLimits(
        connectTimeout,
        helloTimeout,
        patience,
        pingEvery,
        idleTimeout,
        firstPause,
        maxPause,
        reconnect,
        maxCalls,
        maxInboundBytes,
        maxWaitingForKey,
        repeatsPerMinute,
        maxUnacked);
  }

  public ClientLimits withPauses(Duration first, Duration max) {
    return new ClientLimits(
        connectTimeout,
        helloTimeout,
        callTimeout,
        pingEvery,
        idleTimeout,
        first,
        max,
        reconnect,
        maxCalls,
        maxInboundBytes,
        maxWaitingForKey,
        repeatsPerMinute,
        maxUnacked);
  }

  public ClientLimits withTimeouts(Duration hello, Duration call) {
    return new ClientLimits(
        connectTimeout,
        hello,
        call,
        pingEvery,
        idleTimeout,
        firstPause,
        maxPause,
        reconnect,
        maxCalls,
        maxInboundBytes,
        maxWaitingForKey,
        repeatsPerMinute,
        maxUnacked);
  }

  public ClientLimits withWatchdog(Duration ping, Duration idle) {
    return new ClientLimits(
        connectTimeout,
        helloTimeout,
        callTimeout,
        ping,
        idle,
        firstPause,
        maxPause,
        reconnect,
        maxCalls,
        maxInboundBytes,
        maxWaitingForKey,
        repeatsPerMinute,
        maxUnacked);
  }
}
