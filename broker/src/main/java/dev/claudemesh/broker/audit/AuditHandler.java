package dev.claudemesh.broker.audit;

import dev.claudemesh.broker.audit.AuditRules.Sent;
import dev.claudemesh.broker.audit.AuditStore.Filter;
import dev.claudemesh.broker.audit.AuditStore.Head;
import dev.claudemesh.broker.kernel.AuditTrail;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.audit.AuditChain;
import dev.claudemesh.protocol.audit.AuditChain.Break;
import dev.claudemesh.protocol.audit.AuditReply;
import dev.claudemesh.protocol.audit.AuditRequest;
import dev.claudemesh.protocol.messaging.MessageRequest;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the audit of every mesh, and shows it.
///
/// Owns the writer's thread: {@link #start} it before the first connection, {@link #stop} it after
/// the last lane and all that may still tell of something.
public final class AuditHandler implements Handler<AuditRequest<?>>, AuditTrail {
  private static final Logger log = LoggerFactory.getLogger(AuditHandler.class);
  private static final CompletableFuture<Void> AT_ONCE = CompletableFuture.completedFuture(null);
  private static final int USUAL_LIMIT = 50;

  /// A total is not counted beyond it.
  private static final int MOST_COUNTED = 10_000;

  private final AuditStore store;
  private final AuditQueue queue = new AuditQueue();
  private final AuditWriter writer;
  private final InstantSource clock;

  /// A walk keeps a CPU busy and a connection of the pool; one at a time is enough.
  private final Semaphore walking = new Semaphore(1);

  public AuditHandler(Kernel kernel) {
    this.store = new AuditStore(kernel.database());
    this.clock = kernel.clock();
    this.writer = new AuditWriter(store, queue, clock, kernel.limits().timing().stop());
    kernel.bus().subscribe(this::hear);
  }

  public void start() {
    writer.start();
  }

  /// Writes what was recorded. May be called twice.
  public void stop() {
    writer.stop();
  }

  @Override
  public CompletableFuture<Void> record(
      Catalog.Op op, Request<?> request, Caller caller, Reply reply) {
    if (request instanceof MessageRequest.Send send) {
      queue.count(Sent.of(send, caller.requireMember()), 1);
      return AT_ONCE;
    }
    return AuditRules.operation(op, request, caller, reply, clock.instant())
        .map(queue::submit)
        .orElse(AT_ONCE);
  }

  private void hear(Happening happening) {
    switch (happening) {
      case Happening.PeerReady ready when ready.peer().isSession() && !ready.resumed() ->
          note(AuditRules.joined(ready.peer(), ready.restored(), clock.instant()));
      case Happening.PeerLeft(Peer peer) when peer.isSession() ->
          note(AuditRules.left(peer, clock.instant()));
      case Happening other -> {}
    }
  }

  private void note(Happened happened) {
    if (!queue.note(happened)) {
      log.error(
          "No room in the audit's queue: {} of member {} in mesh {} is not written",
          happened.eventType(),
          happened.memberId().orElse("?"),
          happened.meshId());
    }
  }

  @Override
  public Outcome handle(AuditRequest<?> request, Caller caller) {
    String meshId = caller.requireMember().meshId();
    return switch (request) {
      case AuditRequest.Query query -> Outcome.of(query(query, meshId));
      case AuditRequest.Verify _ -> Outcome.of(verify(meshId));
      case AuditRequest.Export export -> Outcome.of(export(export, meshId));
    };
  }

  private AuditReply.Result query(AuditRequest.Query query, String meshId) {
    Filter filter =
        new Filter(query.eventType(), query.actor(), query.since(), query.until(), query.after());
    List<AuditReply.Entry> entries =
        store.find(meshId, filter, query.limit().orElse(USUAL_LIMIT), query.offset().orElse(0));
    long total =
        filter.isEmpty()
            ? store.findHead(meshId).map(Head::seq).orElse(0L)
            : store.count(meshId, filter, MOST_COUNTED);
    return new AuditReply.Result(entries, total);
  }

  /// Walks to the end as it was when the walk began, while others go on writing behind it.
  private AuditReply.Verified verify(String meshId) {
    if (!walking.tryAcquire()) {
      throw new Problem(
          ProblemCode.BUSY, "Another audit is being checked just now. Try again in a moment");
    }
    try {
      return walk(meshId);
    } finally {
      walking.release();
    }
  }

  private AuditReply.Verified walk(String meshId) {
    Head head = store.findHead(meshId).orElse(Head.NONE);
    AuditChain chain = AuditChain.of(meshId);
    AtomicReference<Break> found = new AtomicReference<>();
    store.walk(
        meshId,
        (link, hash) -> {
          if (link.id() > head.seq()) {
            return false;
          }
          chain.check(link, hash).ifPresent(found::set);
          return found.get() == null;
        });
    Optional<Break> broken =
        Optional.ofNullable(found.get())
            .or(() -> chain.checkEnd(head.seq(), head.hash()))
            .or(() -> beyond(meshId));
    broken.ifPresent(where ->
        log.warn("The audit of mesh {} is broken at {}: {}", meshId, where.at(), where.reason()));
    return new AuditReply.Verified(
        broken.isEmpty(), chain.last(), broken.map(Break::at), broken.map(Break::reason));
  }

  /// An entry that stands behind the end of its chain was written by nobody who may.
  private Optional<Break> beyond(String meshId) {
    long end = store.findHead(meshId).map(Head::seq).orElse(0L);
    return store.after(meshId, end, 1).stream()
        .filter(entry -> store.findHead(meshId).map(Head::seq).orElse(0L) < entry.id())
        .findFirst()
        .map(entry -> new Break(entry.id(), "stands behind the end of the chain"));
  }

  private AuditReply.Exported export(AuditRequest.Export export, String meshId) {
    long after =
        Math.max(
            export.after().orElse(0L),
            export.since().map(since -> store.lastBefore(meshId, since)).orElse(0L));
    String prevHash =
        after == 0
            ? AuditChain.GENESIS
            : store
                .hash(meshId, after)
                .orElseThrow(() ->
                    new Problem(
                        ProblemCode.NOT_FOUND,
                        "The audit has no entry " + after + " to begin after"));
    int limit = export.limit().orElse(AuditRequest.MOST_ENTRIES);
    List<AuditReply.Entry> entries = store.after(meshId, after, limit);
    return new AuditReply.Exported(
        meshId,
        prevHash,
        entries,
        entries.size() < limit ? Optional.empty() : Optional.of(entries.getLast().id()));
  }
}
