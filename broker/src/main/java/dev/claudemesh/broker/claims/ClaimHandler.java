package dev.claudemesh.broker.claims;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig.Work;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.protocol.claims.Claim;
import dev.claudemesh.protocol.claims.ClaimEvent.ClaimConflict;
import dev.claudemesh.protocol.claims.ClaimEvent.ClaimsChanged;
import dev.claudemesh.protocol.claims.ClaimReply;
import dev.claudemesh.protocol.claims.ClaimRequest;
import dev.claudemesh.protocol.claims.ClaimRequest.ClaimPaths;
import dev.claudemesh.protocol.claims.ClaimRequest.ListClaims;
import dev.claudemesh.protocol.claims.ClaimRequest.ReleasePaths;
import dev.claudemesh.protocol.claims.Conflict;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Claiming, releasing and listing files, and telling the others.
public final class ClaimHandler implements Handler<ClaimRequest<?>> {
  private final ClaimStore store;
  private final Peers peers;
  private final InstantSource clock;
  private final Work limits;

  public ClaimHandler(Kernel kernel) {
    this.store = new ClaimStore(kernel.database());
    this.peers = kernel.peers();
    this.clock = kernel.clock();
    this.limits = kernel.limits().work();
    kernel.bus().subscribe(this::heard);
  }

  @Override
  public Outcome handle(ClaimRequest<?> request, Caller caller) {
    return switch (request) {
      case ClaimPaths claim -> claim(claim, self(caller));
      case ReleasePaths release -> release(release, self(caller));
      case ListClaims list -> Outcome.of(list(list, caller));
    };
  }

  /// Ends claims whose lease is over.
  public void sweep(Instant now) {
    store.expire(now).forEach(ended -> changed(ended.meshId(), ended.address()));
  }

  /// Commits first and looks at the others' claims then: of two who claim at once, the later one
  /// sees the other.
  private Outcome claim(ClaimPaths request, Peer self) {
    Instant now = clock.instant();
    Instant until =
        now.plus(request.ttlSeconds().map(Duration::ofSeconds).orElse(limits.claimFor()));
    String root = request.root().map(String::strip).orElse("");
    List<String> globs = ClaimRules.globs(request.globs());
    Holder holder =
        new Holder(self.meshId(), self.member().id(), self.address().hex(), self.displayName());
    List<String> fresh =
        store.claim(
            holder,
            root,
            globs,
            request.note().map(String::strip).filter(note -> !note.isEmpty()),
            now,
            until,
            limits.claims(),
            limits.claimsPerPeer());
    List<Claim> others =
        store.list(self.member(), Optional.of(root), now).stream()
            .filter(claim -> !claim.pubkey().equals(holder.address()))
            .toList();
    List<Conflict> conflicts = ClaimRules.conflicts(globs, others, ClaimRules.MOST_STEPS);
    return Outcome.of(
        new ClaimReply.Claimed(
            globs,
            until,
            conflicts.stream().limit(ClaimRules.TOLD).toList(),
            ClaimRules.more(conflicts)),
        () -> {
          warn(self, root, conflicts.stream().filter(one -> fresh.contains(one.yours())).toList());
          changed(self.meshId(), holder.address());
        });
  }

  private Outcome release(ReleasePaths request, Peer self) {
    List<String> released =
        store.release(
            self.meshId(),
            self.address().hex(),
            request.root().map(String::strip),
            request.globs().map(ClaimRules::globs));
    ClaimReply.Released reply = new ClaimReply.Released(released.stream().distinct().toList());
    return released.isEmpty()
        ? Outcome.of(reply)
        : Outcome.of(reply, () -> changed(self.meshId(), self.address().hex()));
  }

  private ClaimReply.Claims list(ListClaims request, Caller caller) {
    List<Claim> all =
        store.list(caller.requireMember(), request.root().map(String::strip), clock.instant());
    List<Claim> claims =
        request.path().map(path -> ClaimRules.on(path, all, ClaimRules.MOST_STEPS)).orElse(all);
    return new ClaimReply.Claims(
        claims.stream().limit(ClaimRules.TOLD).toList(), ClaimRules.more(claims));
  }

  /// Tells holders whose claims a new one meets.
  private void warn(Peer claimer, String root, List<Conflict> conflicts) {
    Map<String, Claim> own =
        store.ofHolder(claimer.meshId(), claimer.address().hex(), clock.instant()).stream()
            .filter(claim -> claim.root().equals(root))
            .collect(Collectors.toMap(Claim::glob, claim -> claim));
    conflicts.stream()
        .filter(conflict -> own.containsKey(conflict.yours()))
        .collect(Collectors.groupingBy(Conflict::pubkey))
        .forEach((address, theirs) ->
            peers
                .session(claimer.meshId(), new PublicKey(address))
                .filter(holder -> claimer.member().lets(holder.member(), Grant.READ))
                .flatMap(Peer::connection)
                .ifPresent(connection ->
                    connection.send(
                        new ClaimConflict(
                            root,
                            theirs.stream()
                                .map(conflict ->
                                    Conflict.between(conflict.theirs(), own.get(conflict.yours())))
                                .toList()))));
  }

  /// Tells everybody who may know what a holder has claimed now.
  private void changed(String meshId, String address) {
    ClaimsChanged event =
        new ClaimsChanged(address, store.ofHolder(meshId, address, clock.instant()));
    Optional<Peer> holder = peers.session(meshId, new PublicKey(address));
    peers.broadcast(
        meshId,
        event,
        peer ->
            peer.isSession()
                && !peer.address().hex().equals(address)
                && holder.filter(one -> !one.member().lets(peer.member(), Grant.READ)).isEmpty());
  }

  private void heard(Happening happening) {
    switch (happening) {
      case Happening.PeerLeft(Peer peer) when peer.isSession() -> {
        String address = peer.address().hex();
        if (!store.release(peer.meshId(), address, Optional.empty(), Optional.empty()).isEmpty()) {
          changed(peer.meshId(), address);
        }
      }
      case Happening.MemberRemoved removed ->
          store
              .endOfMember(removed.meshId(), removed.memberId())
              .forEach(address -> changed(removed.meshId(), address));
      case Happening other -> {}
    }
  }

  /// The session that claims, also where it runs a command.
  private Peer self(Caller caller) {
    Peer peer = caller.requirePeer();
    return peers.sessionOf(peer).orElse(peer);
  }
}
