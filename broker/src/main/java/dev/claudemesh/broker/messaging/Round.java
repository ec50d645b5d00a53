package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Everything that one transaction does to the queue, and, once it ran, what came of it.
///
/// @param returns copies that are due again, whoever held them
/// @param returnAll whether nobody can hold anything: the broker has just started
/// @param sweep which leases to take back
/// @param expire end messages that are too old at this time
record Round(
    Instant now,
    Instant leaseUntil,
    List<Posting> postings,
    List<Mark> marks,
    List<Copy> returns,
    boolean returnAll,
    Optional<Sweep> sweep,
    Optional<Instant> expire,
    List<Claim> claims,
    Results results) {

  /// A message to store, and where each copy goes first.
  record Posting(Command.Accept accept, List<Placement> placements) {}

  /// Where a copy goes first: leased to a mailbox, or into the table for later.
  ///
  /// @param why what the sender is told of a copy that waits
  record Placement(Recipient recipient, Optional<Lease> lease, Optional<String> why) {}

  /// A copy on its way to a peer, by the socket it had when this was decided.
  record Lease(Mailbox mailbox, Connection socket) {}

  /// A new status of a copy.
  record Mark(Copy copy, DeliveryStatus status, Optional<String> reason, Instant at) {}

  /// Leases that ended by now are taken back, except from holders who are within the grace.
  record Sweep(Instant now, Set<String> spared) {}

  /// Rows to lease to a peer.
  ///
  /// @param limit rows at most
  record Claim(Mailbox mailbox, String meshId, List<String> keys, int lastRank, int limit) {}

  /// A row that was leased, with all it takes to push it.
  ///
  /// @param granted whether the recipient still lets the sender write to it
  record Claimed(Letter letter, Copy copy, boolean granted) {}

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

  /// A lease that ended without a word.
  record Overdue(Copy copy, String meshId, String memberId, String holder, int rank) {}

  boolean isEmpty() {
    return postings.isEmpty()
        && marks.isEmpty()
        && returns.isEmpty()
        && !returnAll
        && sweep.isEmpty()
        && expire.isEmpty()
        && claims.isEmpty();
  }

  /// What the statements found. Filled while they run: after a commit that failed it tells what is
  /// in doubt.
  static final class Results {
    private final Map<Command.Accept, Repeat> repeats = new IdentityHashMap<>();
    private final List<Change> changes = new ArrayList<>();
    private final List<Change> expired = new ArrayList<>();
    private final List<Overdue> overdue = new ArrayList<>();
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

    List<Overdue> overdue() {
      return overdue;
    }

    List<Claimed> claimed(Claim claim) {
      return claimed.getOrDefault(claim, List.of());
    }

    void claimed(Claim claim, List<Claimed> rows) {
      claimed.put(claim, rows);
    }
  }
}
