package dev.claudemesh.bench.faults;

import java.util.List;
import java.util.Map;

/// What the checker judges by.
///
/// @param ledgers by peer
/// @param sentOut whether every outbox was empty at the end: what a client kept is due then, too,
///   although nobody was there to see its ack
record Evidence(Cast cast, Map<String, List<Entry>> ledgers, Due due, boolean sentOut) {

  /// How it is known whom a message to many is due to.
  sealed interface Due {
    /// Every session counted as present all the time: it follows from the cast.
    record Everybody() implements Due {}

    /// Sessions came and went as the broker sees it, so its own record at the time of the ack
    /// counts: to each key in it once. Nothing is said about members' mail being shown by two
    /// sessions or late, because after the grace another session gets what the first one had, by
    /// design; and about the recipients of messages to many that were not acknowledged only that
    /// none saw it twice.
    ///
    /// @param keys recipient keys by message id
    record AsRecorded(Map<String, List<String>> keys) implements Due {}
  }
}
