package dev.claudemesh.broker.clock;

import dev.claudemesh.broker.kernel.Alarm;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.clock.ClockReply.Status;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/// Tells the ticks of all meshes that have a session here. One thread for all of them; of ticks
/// that came too late only the last is told. Thread-safe.
final class Ticker {
  private final ClockStore store;
  private final Peers peers;
  private final InstantSource clock;
  private final Alarm alarm;
  private final Map<String, Known> known = new HashMap<>();
  private final Set<String> came = new HashSet<>();
  private final Set<String> emptied = new HashSet<>();

  /// One round at a time; those who tell of arrivals need not wait for it.
  private final ReentrantLock round = new ReentrantLock();

  /// A clock as it was last read or changed here, and the last tick that was told.
  private record Known(ClockRow row, long told) {}

  Ticker(ClockStore store, Peers peers, InstantSource clock) {
    this.store = store;
    this.peers = peers;
    this.clock = clock;
    this.alarm = new Alarm("clock", clock, this::work);
  }

  void stop() {
    alarm.stop();
  }

  /// A session is here. What its mesh's clock says is looked up on the own thread.
  synchronized void arrived(Peer peer) {
    if (peer.isSession() && !known.containsKey(peer.meshId())) {
      came.add(peer.meshId());
      alarm.at(clock.instant());
    }
  }

  /// A session is gone.
  synchronized void left(Peer peer) {
    if (peer.isSession() && peers.sessions(peer.meshId()).isEmpty()) {
      emptied.add(peer.meshId());
      alarm.at(clock.instant());
    }
  }

  /// Looks at all clocks of meshes with a session here: other brokers may have changed them. Notes
  /// that somebody is there.
  void sweep(Instant now) {
    Set<String> here = new HashSet<>();
    peers.all().filter(Peer::isSession).forEach(peer -> here.add(peer.meshId()));
    store.seen(here, now.minus(ClockRules.UNSEEN), now);
    List<ClockRow> rows = store.find(here);
    synchronized (this) {
      known.keySet().retainAll(here);
    }
    rows.forEach(row -> follow(row, now));
    work().ifPresent(alarm::at);
  }

  /// Goes by a clock as it is now. One that was read before another change came here is too old.
  void follow(ClockRow row, Instant now) {
    if (ClockRules.abandoned(row, now)) {
      ClockRow stopped = ClockRules.stopped(row, now);
      if (store.replace(row, stopped)) {
        tell(stopped, now);
      }
      return;
    }
    synchronized (this) {
      Known latest =
          known.merge(
              row.meshId(),
              new Known(row, ClockRules.tick(row, now)),
              (before, read) ->
                  row.anchorAt().isBefore(before.row().anchorAt())
                      ? before
                      : new Known(row, before.told()));
      if (!latest.row().paused()) {
        alarm.at(ClockRules.at(latest.row(), latest.told() + 1));
      }
    }
  }

  /// Tells everybody in the mesh how the clock stands, after it was changed.
  void tell(ClockRow row, Instant now) {
    Status status = ClockRules.status(row, now);
    news(row.meshId(), "clock_changed", Wire.mapper().valueToTree(status), now);
  }

  private Optional<Instant> work() {
    round.lock();
    try {
      return work(clock.instant());
    } finally {
      round.unlock();
    }
  }

  private Optional<Instant> work(Instant now) {
    for (String meshId : taken(emptied)) {
      empty(meshId, now);
    }
    for (String meshId : taken(came)) {
      store
          .find(meshId)
          .ifPresent(row -> {
            follow(row, now);
            if (ClockRules.status(row, now).empty().isPresent() && row.paused()) {
              tell(row, now);
            }
          });
    }
    return tick(now);
  }

  private synchronized List<String> taken(Set<String> meshIds) {
    List<String> taken = List.copyOf(meshIds);
    meshIds.clear();
    return taken;
  }

  private void empty(String meshId, Instant now) {
    if (!peers.sessions(meshId).isEmpty()) {
      return;
    }
    synchronized (this) {
      known.remove(meshId);
    }
    store
        .find(meshId)
        .filter(row -> ClockRules.runs(row, now))
        .ifPresent(row -> store.replaceIfEmpty(row, ClockRules.stopped(row, now)));
  }

  private synchronized Optional<Instant> tick(Instant now) {
    Optional<Instant> next = Optional.empty();
    for (Map.Entry<String, Known> entry : known.entrySet()) {
      ClockRow row = entry.getValue().row();
      if (ClockRules.runs(row, now)) {
        long tick = Math.max(entry.getValue().told(), ClockRules.tick(row, now));
        if (tick > entry.getValue().told()) {
          news(row.meshId(), "tick", ticked(row, tick), now);
          entry.setValue(new Known(row, tick));
        }
        Instant due = ClockRules.at(row, tick + 1);
        next = next.filter(earlier -> earlier.isBefore(due)).or(() -> Optional.of(due));
      }
    }
    return next;
  }

  private static ObjectNode ticked(ClockRow row, long tick) {
    ObjectNode data = Wire.mapper().createObjectNode().put("tick", tick);
    data.set("simTime", Wire.mapper().valueToTree(ClockRules.simulated(row, tick)));
    return data.put("speed", row.speed());
  }

  private void news(String meshId, String event, ObjectNode data, Instant now) {
    Push push = Push.news(UUID.randomUUID().toString(), meshId, event, data, now);
    peers.broadcast(meshId, push, Peer::isSession);
  }
}
