package dev.claudemesh.broker.presence;

import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.broker.presence.StatusRules.Recorded;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.presence.PresenceReply;
import dev.claudemesh.protocol.presence.PresenceReply.HookAck;
import dev.claudemesh.protocol.presence.PresenceReply.PeersList;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.PresenceRequest.HookSetStatus;
import dev.claudemesh.protocol.presence.PresenceRequest.ListPeers;
import dev.claudemesh.protocol.presence.PresenceRequest.SetProfile;
import dev.claudemesh.protocol.presence.PresenceRequest.SetStats;
import dev.claudemesh.protocol.presence.PresenceRequest.SetStatus;
import dev.claudemesh.protocol.presence.PresenceRequest.SetSummary;
import dev.claudemesh.protocol.presence.PresenceRequest.SetVisible;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;

/// Who is here and what they are doing: told by themselves, by hooks, or by their silence.
public final class PresenceHandler implements Handler<PresenceRequest<?>> {
  /// Reports of hooks that may wait for their sessions, all together; further ones are `busy`.
  private static final int MAX_PENDING = 10_000;

  /// For so long after a report hellos look for it: longer than any is good for, should somebody
  /// put the clock.
  private static final Duration LOOK = Duration.ofMinutes(1);

  private final PresenceStore store;
  private final Peers peers;
  private final Bus bus;
  private final InstantSource clock;
  private final Metrics metrics;
  private final StatusRules rules;
  private final Duration pendingTtl;

  /// Until then hellos look whether a report waits for them. An earlier run of the broker may have
  /// left some.
  private volatile Instant lookUntil;

  private final HookRate hookRate;
  private final boolean compat;

  public PresenceHandler(
      Database database,
      Peers peers,
      Bus bus,
      InstantSource clock,
      LimitsConfig limits,
      boolean compat,
      Metrics metrics) {
    this.store = new PresenceStore(database);
    this.peers = peers;
    this.bus = bus;
    this.clock = clock;
    this.metrics = metrics;
    this.rules = new StatusRules(limits.timing().statusTtl(), limits.timing().hookFresh());
    this.pendingTtl = limits.timing().pendingStatus();
    this.lookUntil = clock.instant().plus(LOOK);
    this.hookRate = new HookRate(limits.rates().hooksPerMinute(), limits.sizes().rateBuckets());
    this.compat = compat;
  }

  @Override
  public Outcome handle(PresenceRequest<?> request, Caller caller) {
    return switch (request) {
      case ListPeers list -> Outcome.of(list(caller.requireMember().meshId(), caller));
      case SetStatus set -> setStatus(set, session(caller));
      case SetSummary set -> setSummary(set, session(caller));
      case SetStats set -> setStats(set, session(caller));
      case SetVisible set -> setVisible(set, session(caller));
      case SetProfile set -> setProfile(set, session(caller));
      case HookSetStatus report -> Outcome.of(hook(report, caller));
    };
  }

  /// Takes what hooks reported for a client before its hello, if that is still fresh.
  public Optional<Status> takePending(Peer.Client client, Instant now) {
    return now.isAfter(lookUntil)
        ? Optional.empty()
        : store.take(client, now.minus(pendingTtl), now);
  }

  /// Ends every `working` that nobody repeated, and forgets reports that no session came for.
  ///
  /// @return how many peers became idle
  public int sweep(Instant now) {
    int flipped = 0;
    for (Peer peer : sessions()) {
      boolean changed = !rules.sweep(recorded(peer.state()), now).equals(recorded(peer.state()));
      if (changed) {
        apply(peer, recorded -> rules.sweep(recorded, now), Optional.empty());
        flipped++;
      }
      metrics.ttlSweep(changed);
    }
    store.prune(now.minus(pendingTtl));
    return flipped;
  }

  private PeersList list(String meshId, Caller caller) {
    Member member = caller.requireMember();
    return new PeersList(
        peers.sessions(meshId).stream()
            .filter(peer -> peer.state().visible() || peer.member().id().equals(member.id()))
            .map(peer ->
                peer.member().lets(member, Grant.READ)
                    ? entry(peer)
                    : PresenceRules.addressOnly(entry(peer)))
            .toList());
  }

  private static PresenceReply.Peer entry(Peer peer) {
    Peer.Client client = peer.client();
    Peer.State state = peer.state();
    return new PresenceReply.Peer(
        peer.address().hex(),
        state.displayName(),
        state.status(),
        state.summary(),
        state.groups(),
        client.sessionId(),
        peer.connectedAt(),
        client.cwd(),
        client.hostname(),
        client.peerType(),
        client.channel(),
        client.model(),
        Optional.of(state.stats()).filter(stats -> !stats.isEmpty()),
        Optional.of(state.visible()),
        Optional.of(state.profile()).filter(profile -> !profile.equals(Profile.EMPTY)),
        Optional.of(peer.member().key().hex()),
        Optional.of(peer.sessionKey().isPresent() ? "session" : "control-plane"),
        Optional.of(state.statusSource()),
        Optional.of(peer.connected()));
  }

  private Outcome setStatus(SetStatus set, Peer peer) {
    Instant now = clock.instant();
    StatusSource source = set.source().orElse(StatusSource.MANUAL);
    apply(peer, recorded -> rules.report(recorded, set.status(), source, now), Optional.of(now));
    return done();
  }

  private Outcome setSummary(SetSummary set, Peer peer) {
    String line = PresenceRules.oneLine(set.summary());
    Optional<String> summary = Optional.of(line).filter(text -> !text.isEmpty());
    store.summary(peer.presenceId(), summary);
    peer.update(state -> state.withSummary(summary));
    return done();
  }

  private Outcome setStats(SetStats set, Peer peer) {
    Map<String, Long> stats = PresenceRules.counters(set.stats());
    store.stats(peer.presenceId(), stats);
    peer.update(state -> state.withStats(stats));
    return done();
  }

  private Outcome setVisible(SetVisible set, Peer peer) {
    store.visible(peer.presenceId(), set.visible());
    Peer.State before = peer.update(state -> state.withVisible(set.visible()));
    if (before.visible() != set.visible()) {
      tell(peer, set.visible() ? "peer_visible" : "peer_hidden");
    }
    return done();
  }

  private Outcome setProfile(SetProfile set, Peer peer) {
    UnaryOperator<Profile> change = profile -> PresenceRules.merge(profile, set);
    store.profile(peer.presenceId(), change.apply(peer.state().profile()));
    peer.update(state -> state.withProfile(change.apply(state.profile())));
    return done();
  }

  private HookAck hook(HookSetStatus report, Caller caller) {
    metrics.hookRequest();
    Instant now = clock.instant();
    if (!hookRate.take(PresenceRules.rateKey(report), now)) {
      metrics.hookRateLimited();
      throw new Problem(ProblemCode.RATE_LIMITED, "rate limited");
    }
    boolean located =
        report.cwd().isPresent()
            || report.sessionId().isPresent()
            || report.hookToken().isPresent();
    if (report.status().isEmpty() || !located) {
      return refused("cwd and status required");
    }
    Optional<String> holder = report.hookToken().flatMap(token -> store.byHookToken(hash(token)));
    Status status = report.status().get();
    if (status == Status.DND && holder.isEmpty()) {
      return refused("dnd needs the hook_token of the session, for it never ends by itself");
    }
    List<Peer> matched = HookRules.match(report, sessions(), holder, compat, caller.remote());
    for (Peer peer : matched) {
      apply(
          peer,
          recorded -> rules.report(recorded, status, StatusSource.HOOK, now),
          Optional.of(now));
    }
    return matched.isEmpty() ? hold(report, status, now) : found(matched.getFirst());
  }

  private HookAck hold(HookSetStatus report, Status status, Instant now) {
    lookUntil = now.plus(LOOK);
    if (!store.hold(report, status, now, MAX_PENDING)) {
      throw new Problem(
          ProblemCode.BUSY,
          "Too many reports wait for sessions that are not here; try again in 10 seconds");
    }
    return new HookAck(true, Optional.empty(), Optional.of(true), Optional.empty());
  }

  private static HookAck found(Peer peer) {
    return new HookAck(true, Optional.of(peer.presenceId()), Optional.empty(), Optional.empty());
  }

  private static HookAck refused(String why) {
    return new HookAck(false, Optional.empty(), Optional.empty(), Optional.of(why));
  }

  /// Records what a rule makes of the status, on disk first, and tells if messages may go out now.
  ///
  /// @param active when the session was heard of, if this is a sign of it
  private void apply(Peer peer, UnaryOperator<Recorded> rule, Optional<Instant> active) {
    Recorded before = recorded(peer.state());
    Recorded after = rule.apply(before);
    if (!after.equals(before)) {
      store.status(peer.presenceId(), after);
    }
    Peer.State replaced =
        peer.update(state -> {
          Recorded next = rule.apply(recorded(state));
          Peer.State changed = state.withStatus(next.status(), next.source(), next.at());
          return active.map(changed::withLastActive).orElse(changed);
        });
    if (StatusRules.opens(replaced.status(), peer.status())) {
      bus.publish(new Happening.GateOpened(peer));
    }
  }

  private void tell(Peer peer, String event) {
    Push news =
        Push.news(
            UUID.randomUUID().toString(),
            peer.meshId(),
            event,
            Wire.mapper()
                .createObjectNode()
                .put("name", peer.displayName())
                .put("pubkey", peer.address().hex()),
            clock.instant());
    peers.broadcast(peer.meshId(), news, other -> other != peer);
  }

  private List<Peer> sessions() {
    return peers.all().filter(Peer::isSession).toList();
  }

  private Peer session(Caller caller) {
    return peers.requireSessionOf(caller.requirePeer());
  }

  private static Recorded recorded(Peer.State state) {
    return new Recorded(state.status(), state.statusSource(), state.statusAt());
  }

  private static String hash(String token) {
    return Keys.sha256Hex(token.getBytes(StandardCharsets.UTF_8));
  }

  private static Outcome done() {
    return Outcome.of(MessageReply.Ack.done());
  }
}
