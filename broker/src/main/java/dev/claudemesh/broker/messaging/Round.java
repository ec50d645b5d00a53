package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that is done to the queue at one time, and, once it was done, what came of it.
///
/// @param freed copies for members that any of their sessions may have again
/// @param expire end messages that are too old at this time
record Round(
    Instant now,
    List<Posting> postings,
    List<Mark> marks,
    List<Copy> freed,
    Optional<Instant> expire,
    List<Claim> claims,
    Results results) {

  /// A message to store, and where each copy goes first.
  ///
  /// @param seq its place in the order of acceptance
  record Posting(Command.Accept accept, long seq, List<Placement> placements) {
    List<Lease> leases() {
      return placements.stream().flatMap(placement -> placement.lease().stream()).toList();
    }
  }

  /// Where a copy goes first: leased to a mailbox, or into the table for later.
  ///
  /// @param holder noted in the table if others could have the copy too
  /// @param why what the sender is told of a copy that waits
  record Placement(
      Recipient recipient, Optional<Lease> lease, Optional<String> holder, Optional<String> why) {}

  /// A copy on its way to a peer, by the socket it had when this was decided.
  record Lease(Mailbox mailbox, Connection socket) {}

  /// A new status of a copy.
  record Mark(Copy copy, DeliveryStatus status, Optional<String> reason, Instant at) {}

  /// Rows to hand out to a peer.
  ///
  /// @param others who may hold mail of the same member
  /// @param limit rows at most
  record Claim(
      Mailbox mailbox, String meshId, List<Wanted> wanted, List<String> others, int limit) {}

  /// Waiting copies of one rank for one key.
  ///
  /// @param first the lowest place in the order at which one may wait
  record Wanted(String key, int rank, long first) {}

  /// A row to hand out, with all it takes to push it.
  ///
  /// @param granted whether the recipient still lets the sender write to it
  record Claimed(Letter letter, Copy copy, long seq, boolean granted) {}

  /// A message that had been stored before, by the id of its client.
  record Repeat(String firstId, int recipients) {}

  /// A copy whose status changed, and whose sender wants to know.
  record Change(
      String meshId,
      Copy copy,
      String recipientName,
      DeliveryStatus status,
      Optional<String> reason,
      String senderMemberId,
      String senderAddress,
      String targetSpec,
      boolean notifySender) {}

  /// Whether anything is to be written beside the messages.
  boolean changesCopies() {
    return !marks.isEmpty() || !onlyMarks();
  }

  /// Whether that is at most new statuses.
  boolean onlyMarks() {
    return freed.isEmpty() && expire.isEmpty() && claims.isEmpty();
  }

  /// What the statements found: of the messages their repeats, of all else the rest.
  static final class Results {
    private final Map<Command.Accept, Repeat> repeats = new IdentityHashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Change> expired = new ArrayList<>();
    private final Map<Claim, List<Claimed>> claimed = new IdentityHashMap<>();

    Optional<Repeat> repeat(Command.Accept accept) {
      return Optional.ofNullable(repeats.get(accept));
    }

    void repeated(Command.Accept accept, Repeat repeat) {
      repeats.put(accept, repeat);
    }

    List<Change> changes() {
      return changes;
    }

    List<Change> expired() {
      return expired;
    }

    List<Claimed> claimed(Claim claim) {
      return claimed.getOrDefault(claim, List.of());
    }

    void claimed(Claim claim, List<Claimed> rows) {
      claimed.put(claim, rows);
    }
  }
}
