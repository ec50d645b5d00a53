package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Bus;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Peers;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.MessageRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/// Takes messages in, sees to it that each recipient gets its copy once, and tells what became of
/// them.
///
/// Owns the writer's thread: {@link #start} it before the first connection, {@link #stop} it after
/// the last lane. {@link #sweep} wants to be called every few seconds, {@link #tidy} now and then.
public final class MessageHandler implements Handler<MessageRequest<?>> {
  private static final Set<String> NACKS = Set.of("blocked", "undecryptable");
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /// Messages of one era, as a power of two: more than a broker writes in a year.
  private static final int ERA_BITS = 40;

  private static final Duration INQUIRY = Duration.ofSeconds(5);
  private static final int PURGE_ROWS = 1_000;
  private static final int PURGE_BATCHES = 50;

  private final Admission admission;
  private final Rosters rosters;
  private final StatusReport report;
  private final MessageStore store;
  private final Peers peers;
  private final Deliveries deliveries;
  private final MessageWriter writer;
  private final ExecutorService transactions;
  private final InstantSource clock;
  private final LimitsConfig limits;
  private final Metrics metrics;

  /// @param steady measures how long something takes; see {@link
  ///   dev.claudemesh.broker.kernel.SteadyTime}
  public MessageHandler(
      Database database,
      Peers peers,
      Bus bus,
      InstantSource clock,
      InstantSource steady,
      LimitsConfig limits,
      Metrics metrics) {
    this.clock = clock;
    this.limits = limits;
    this.metrics = metrics;
    this.store = new MessageStore(database);
    RosterStore rosterStore = new RosterStore(database);
    this.rosters = new Rosters(rosterStore, clock);
    this.report = new StatusReport(new StatusStore(database), peers, this::held);
    CommandQueue queue = new CommandQueue(limits.sizes().writerQueue(), PATIENCE);
    this.peers = peers;
    this.deliveries =
        new Deliveries(
            new Mailboxes(limits.sizes().inFlightPerPeer()),
            new HeldLines(),
            new Courier(queue::tell, metrics),
            new SenderNotes(peers, clock),
            metrics,
            clock,
            steady,
            limits.timing().ackLease());
    this.transactions =
        Executors.newFixedThreadPool(
            2, Thread.ofPlatform().name("message-transaction-", 0).daemon().factory());
    this.writer =
        new GroupCommitWriter(
            queue,
            new Ledger(deliveries, store, metrics, transactions),
            limits.sizes().writerBatch(),
            limits.timing().stop());
    this.admission = new Admission(peers, rosters, rosterStore, metrics, limits);
    bus.subscribe(happening -> happened(happening, queue));
  }

  private void happened(Happening happening, CommandQueue queue) {
    switch (happening) {
      case Happening.PeerReady ready -> queue.tell(new Command.Ready(ready.peer()));
      case Happening.GateOpened opened -> queue.tell(new Command.Opened(opened.peer()));
      case Happening.PeerLost lost -> {}
      case Happening.PeerEnded ended -> {}
      case Happening.PeerLeft left -> {
        rosters.forget(left.peer().meshId());
        queue.tell(new Command.Gone(left.peer()));
      }
      case Happening.MemberJoined joined -> rosters.forget(joined.meshId());
      case Happening.MemberChanged changed -> rosters.forget(changed.meshId());
      case Happening.MemberRemoved removed -> rosters.forget(removed.meshId());
      case Happening.KeyNeeded needed -> rosters.forget(needed.meshId());
      case Happening.MeshDeleted deleted -> rosters.forget(deleted.meshId());
    }
  }

  /// Starts the writer. What an earlier run of the broker handed out and nobody confirmed is due
  /// again, to those who may come back for it first.
  public void start() {
    deliveries.countFrom(store.nextEra() << ERA_BITS);
    peers.all().forEach(peer -> writer.tell(new Command.Expected(peer)));
    writer.start();
  }

  /// Stops the writer once everything given to it is on disk. May be called twice.
  public void stop() {
    writer.stop();
    transactions.shutdown();
  }

  @Override
  public Outcome handle(MessageRequest<?> request, Caller caller) {
    return switch (request) {
      case MessageRequest.Send send -> send(send, caller);
      case MessageRequest.ClientAck ack -> confirm(ack, caller.requirePeer());
      case MessageRequest.Nack nack -> refuse(nack, caller.requirePeer());
      case MessageRequest.Seen seen ->
          said(caller.requirePeer(), seen.messageIds(), DeliveryStatus.SEEN, Optional.empty());
      case MessageRequest.MessageStatus status ->
          Outcome.of(report.of(caller.requireMember(), status.messageId()));
    };
  }

  private Outcome send(MessageRequest.Send send, Caller caller) {
    Peer author = caller.requirePeer();
    MessageRules.checkForm(send, limits.rates().maxHops());
    Admission.Admitted admitted = admission.admit(send, author);
    CompletableFuture<Receipt> receipt =
        accept(
            letter(send, author.meshId(), Letter.Sender.of(author), admitted, Optional.empty()),
            admitted,
            Optional.of(new Command.Accept.Origin(author, caller.requireConnection())));
    return new Outcome.Later(
        receipt.thenApply(accepted -> ack(send, accepted)),
        () -> {
          if (receipt.isDone() && !receipt.isCompletedExceptionally()) {
            receipt.join().toSelf().run();
          }
        });
  }

  /// Looks whether a member could send a message now without a session.
  ///
  /// @throws Problem that says why not
  public void check(MessageRequest.Send send, Member sender) {
    MessageRules.checkForm(send, limits.rates().maxHops());
    admission.admit(send, sender);
  }

  /// Sends for a member who need not be here what was checked some time ago. There is no copy for
  /// which the sender must have been told first.
  ///
  /// @param address the key the body is encrypted by
  /// @return completes with the message's id once it is on disk
  /// @throws Problem if it is refused at once
  public CompletableFuture<String> send(
      MessageRequest.Send send, Member sender, PublicKey address, String subtype) {
    Admission.Admitted admitted = admission.admitLater(send, sender);
    Letter.Sender from = Letter.Sender.of(sender, address);
    return accept(
            letter(send, sender.meshId(), from, admitted, Optional.of(subtype)),
            admitted,
            Optional.empty())
        .thenApply(Receipt::messageId);
  }

  private Letter letter(
      MessageRequest.Send send,
      String meshId,
      Letter.Sender sender,
      Admission.Admitted admitted,
      Optional<String> subtype) {
    return Letter.of(
        send,
        meshId,
        sender,
        admitted.target(),
        subtype,
        clock.instant(),
        limits.timing().messageTtl());
  }

  private CompletableFuture<Receipt> accept(
      Letter letter, Admission.Admitted admitted, Optional<Command.Accept.Origin> origin) {
    CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    writer.submit(
        new Command.Accept(letter, admitted.recipients(), origin, letter.frame(), receipt));
    return receipt;
  }

  private static Ack ack(MessageRequest.Send send, Receipt receipt) {
    return new Ack(
        send.id().orElse(""),
        receipt.messageId(),
        true,
        Optional.of(receipt.recipients()),
        receipt.waiting().isEmpty() ? Optional.empty() : Optional.of(receipt.waiting()));
  }

  private Set<String> held(String messageId) {
    CompletableFuture<Set<String>> held = new CompletableFuture<>();
    writer.submit(new Command.Inquire(messageId, held));
    try {
      return held.get(INQUIRY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandQueue.shuttingDown();
    } catch (ExecutionException | TimeoutException e) {
      throw Ledger.busy();
    }
  }

  private Outcome confirm(MessageRequest.ClientAck ack, Peer peer) {
    List<String> ids =
        Stream.concat(
                ack.brokerMessageId().stream(),
                ack.brokerMessageIds().stream().flatMap(List::stream))
            .toList();
    if (!ids.isEmpty() || ack.brokerMessageIds().isPresent()) {
      return said(peer, ids, DeliveryStatus.DELIVERED, Optional.empty());
    }
    String clientId =
        ack.clientMessageId()
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.INVALID_REQUEST,
                    "client_ack: give \"brokerMessageId\", \"brokerMessageIds\" or"
                        + " \"clientMessageId\""));
    writer.submit(new Command.ConfirmByClientId(peer, clientId));
    return Outcome.of(Ack.done());
  }

  private Outcome refuse(MessageRequest.Nack nack, Peer peer) {
    if (!NACKS.contains(nack.reason())) {
      throw new Problem(
          ProblemCode.INVALID_REQUEST, "nack: \"reason\" must be blocked or undecryptable");
    }
    return said(
        peer, List.of(nack.messageId()), DeliveryStatus.REFUSED, Optional.of(nack.reason()));
  }

  /// Ids that no message can have are left out: nothing can be said about them.
  private Outcome said(
      Peer peer, List<String> messageIds, DeliveryStatus status, Optional<String> reason) {
    List<String> possible = messageIds.stream().filter(Ids::isId).distinct().toList();
    if (!possible.isEmpty()) {
      writer.submit(new Command.Confirm(peer, possible, status, reason));
    }
    return Outcome.of(Ack.done());
  }

  /// Takes back leases that ended, and ends messages that are too old.
  public void sweep(Instant now) {
    writer.submit(new Command.Sweep());
    writer.submit(new Command.Expire(now));
  }

  /// Removes what everybody has and nobody asks for any more, and counts what waits.
  public void tidy(Instant now) {
    Instant expiredBefore = now.minus(limits.timing().finishedKept());
    Instant expiringBefore = expiredBefore.plus(limits.timing().messageTtl());
    for (int i = 0;
        i < PURGE_BATCHES
            && store.purgeOld(expiringBefore, expiredBefore, PURGE_ROWS) == PURGE_ROWS;
        i++) {
      continue;
    }
    for (int i = 0;
        i < PURGE_BATCHES
            && store.purgeMany(limits.sizes().finishedMessages(), PURGE_ROWS) == PURGE_ROWS;
        i++) {
      continue;
    }
    metrics.queueDepth(store.depth());
  }
}
