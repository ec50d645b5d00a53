package dev.claudemesh.broker.messaging;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Rosters of the meshes that are in use, so that a send costs no query. Forgotten when something
/// in the mesh changes, and after a while in any case. Thread-safe; at the limit all are forgotten
/// and read again as needed.
final class Rosters {
  private static final int MOST = 1_000;
  private static final Duration FRESH = Duration.ofSeconds(30);

  private final RosterStore store;
  private final InstantSource clock;
  private final AtomicLong changes = new AtomicLong();
  private final ConcurrentHashMap<String, Roster> rosters = new ConcurrentHashMap<>();

  Rosters(RosterStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  /// The roster of a mesh, not older than the last change that was told of.
  Roster of(String meshId) {
    Roster known = rosters.get(meshId);
    return known != null && clock.instant().isBefore(known.readAt().plus(FRESH))
        ? known
        : read(meshId);
  }

  /// The roster as the database has it now.
  Roster read(String meshId) {
    if (rosters.size() >= MOST) {
      rosters.clear();
    }
    long before = changes.get();
    Roster roster =
        store
            .roster(meshId, clock.instant())
            .orElseThrow(() -> new Problem(ProblemCode.NOT_FOUND, "This mesh was deleted"));
    if (changes.get() == before) {
      rosters.put(meshId, roster);
    }
    return roster;
  }

  void forget(String meshId) {
    changes.incrementAndGet();
    rosters.remove(meshId);
  }
}
