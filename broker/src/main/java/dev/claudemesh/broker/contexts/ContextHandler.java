package dev.claudemesh.broker.contexts;

import dev.claudemesh.broker.contexts.ContextStore.Told;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Listed;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.protocol.contexts.ContextReply;
import dev.claudemesh.protocol.contexts.ContextReply.Context;
import dev.claudemesh.protocol.contexts.ContextReply.Entry;
import dev.claudemesh.protocol.contexts.ContextRequest;
import dev.claudemesh.protocol.contexts.ContextRequest.Get;
import dev.claudemesh.protocol.contexts.ContextRequest.ListAll;
import dev.claudemesh.protocol.contexts.ContextRequest.Share;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/// What sessions work on.
public final class ContextHandler implements Handler<ContextRequest<?>> {
  private static final int FOUND = 20;

  private final ContextStore store;
  private final Peers peers;
  private final InstantSource clock;
  private final LimitsConfig limits;

  public ContextHandler(Kernel kernel) {
    this.store = new ContextStore(kernel.database());
    this.peers = kernel.peers();
    this.clock = kernel.clock();
    this.limits = kernel.limits();
  }

  @Override
  public Outcome handle(ContextRequest<?> request, Caller caller) {
    Member member = caller.requireMember();
    return switch (request) {
      case Share share -> share(share, caller);
      case Get get -> Outcome.of(get(get, member));
      case ListAll _ -> Outcome.of(list(member));
    };
  }

  private Outcome share(Share share, Caller caller) {
    Member member = caller.requireMember();
    Optional<Peer> session = caller.peer().flatMap(peers::sessionOf);
    Told told =
        new Told(
            Ids.next(),
            member.meshId(),
            member.id(),
            session.map(peer -> peer.client().sessionId()).orElse(""),
            session.map(Peer::displayName),
            ContextRules.summary(share.summary()),
            ContextRules.texts(share.filesRead()),
            ContextRules.texts(share.keyFindings()),
            ContextRules.texts(share.tags()),
            clock.instant());
    String id = store.save(told, limits.knowledge().contexts());
    return Outcome.of(new ContextReply.Shared(id), () -> tell(caller, told.summary()));
  }

  private void tell(Caller caller, String summary) {
    Member member = caller.requireMember();
    peers.broadcast(
        member.meshId(),
        ContextRules.news(member.displayName(), summary),
        other ->
            caller.peer().filter(self -> self == other).isEmpty()
                && member.lets(other.member(), Grant.STATE_READ));
  }

  private ContextReply.Results get(Get get, Member member) {
    List<Context> found = store.find(member, get.query(), FOUND + 1, limits.shared().listedBytes());
    List<Context> shown = shown(found, FOUND);
    return new ContextReply.Results(shown, more(shown, found));
  }

  private ContextReply.Contexts list(Member member) {
    int most = limits.shared().listed();
    List<Context> found = store.list(member, most + 1, limits.shared().listedBytes());
    List<Context> shown = shown(found, most);
    return new ContextReply.Contexts(
        shown.stream().map(ContextHandler::entry).toList(), more(shown, found));
  }

  private List<Context> shown(List<Context> found, int most) {
    return Listed.fitting(
        found.subList(0, Math.min(most, found.size())),
        ContextRules::size,
        limits.shared().listedBytes());
  }

  private static Optional<Boolean> more(List<Context> shown, List<Context> found) {
    return Optional.of(true).filter(more -> shown.size() < found.size());
  }

  private static Entry entry(Context context) {
    return new Entry(
        context.peerName(),
        context.summary(),
        context.tags(),
        context.updatedAt(),
        context.sessionName(),
        context.memberPubkey());
  }
}
