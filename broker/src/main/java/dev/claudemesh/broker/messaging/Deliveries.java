package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.HeldLine;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.messaging.Mailbox.Held;
import dev.claudemesh.broker.messaging.Round.Claim;
import dev.claudemesh.broker.messaging.Round.Claimed;
import dev.claudemesh.broker.messaging.Round.Lease;
import dev.claudemesh.broker.messaging.Round.Mark;
import dev.claudemesh.broker.messaging.Round.Placement;
import dev.claudemesh.broker.messaging.Round.Posting;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides what happens to the queue, round by round: turns commands into one transaction, and
/// hands out what it committed.
///
/// Used by one thread at a time, the writer's, which is what keeps the order without locks. A
/// decision about a message (push it at once, or leave it in the table) is made in the order of
/// acceptance; what must reach the table is remembered here until a commit has succeeded, so that a
/// database that is away costs nothing but time.
final class Deliveries {
  /// Peers that are served from the table in one round, and rows each.
  private static final int CLAIMS = 16;

  private static final int CLAIM_ROWS = 256;

  /// A session that only stands still for a while should not see its member's mail shown by another
  /// meanwhile: such mail is given away after so many leases.
  private static final int SHARED_LEASES = 4;

  /// Bodies of a peer that does not say `large_frames`.
  private static final int SMALL_BODY = 65_536;

  private final Mailboxes mailboxes;
  private final HeldLines lines;
  private final Courier courier;
  private final SenderNotes notes;
  private final Metrics metrics;
  private final InstantSource clock;
  private final InstantSource steady;
  private final Duration lease;

  private final Map<Copy, Mark> marks = new LinkedHashMap<>();
  private final Set<Copy> freed = new LinkedHashSet<>();
  private final List<Command.Inquire> inquiries = new ArrayList<>();
  private Optional<Instant> expireAt = Optional.empty();
  private long lastSeq;

  Deliveries(
      Mailboxes mailboxes,
      HeldLines lines,
      Courier courier,
      SenderNotes notes,
      Metrics metrics,
      InstantSource clock,
      InstantSource steady,
      Duration lease) {
    this.mailboxes = mailboxes;
    this.lines = lines;
    this.courier = courier;
    this.notes = notes;
    this.metrics = metrics;
    this.clock = clock;
    this.steady = steady;
    this.lease = lease;
  }

  /// Counts from here on.
  ///
  /// @param seq higher than any message has
  void countFrom(long seq) {
    lastSeq = seq;
  }

  /// Whether there is something to write without a new command.
  boolean hasWork() {
    return mailboxes.anyHungry() || !marks.isEmpty() || !freed.isEmpty() || expireAt.isPresent();
  }

  /// Changes that wait for the database.
  int remembered() {
    return marks.size() + freed.size();
  }

  /// Takes commands in their order and makes one transaction of them.
  Round begin(List<Command> commands) {
    Instant now = clock.instant();
    Instant tick = steady.instant();
    List<Posting> postings = new ArrayList<>();
    for (Command command : commands) {
      switch (command) {
        case Command.Accept accept -> accept(accept, tick).ifPresent(postings::add);
        case Command.Confirm confirm -> confirm(confirm, now);
        case Command.ConfirmByClientId confirm -> confirm(confirm, now);
        case Command.Dropped dropped -> dropped(dropped);
        case Command.Ready(Peer peer) -> mailboxes.ready(peer);
        case Command.Expected(Peer peer) -> mailboxes.expect(peer);
        case Command.Opened(Peer peer) -> mailboxes.of(peer).ifPresent(mailboxes::lookAfter);
        case Command.Gone(Peer peer) -> {
          lines.forget(peer);
          mailboxes.gone(peer);
        }
        case Command.Sweep sweep -> {
          freed.addAll(mailboxes.takeOverdue(tick));
          mailboxes.lookAfterAll();
        }
        case Command.Expire(Instant at) -> expireAt = Optional.of(at);
        case Command.Inquire inquire -> inquiries.add(inquire);
      }
    }
    return new Round(
        now,
        postings,
        List.copyOf(marks.values()),
        List.copyOf(freed),
        expireAt,
        claims(),
        new Round.Results());
  }

  private Optional<Posting> accept(Command.Accept accept, Instant tick) {
    if (accept.origin().filter(origin -> !admits(origin, accept, tick)).isPresent()) {
      accept.receipt().completeExceptionally(HeldLine.comesLater());
      return Optional.empty();
    }
    long seq = ++lastSeq;
    return Optional.of(
        new Posting(
            accept,
            seq,
            accept.recipients().stream()
                .map(recipient -> place(accept.letter(), seq, recipient, tick))
                .toList()));
  }

  private boolean admits(Command.Accept.Origin origin, Command.Accept accept, Instant tick) {
    return lines.admits(origin.author(), accept.letter().clientMessageId(), tick);
  }

  private Placement place(Letter letter, long seq, Recipient recipient, Instant tick) {
    List<Mailbox> candidates = mailboxes.candidates(letter.meshId(), recipient, letter.kind());
    for (Mailbox mailbox : candidates) {
      Optional<Connection> socket = mailbox.peer().connection();
      if (socket.isPresent() && mailbox.takesFresh(letter.priority()) && fits(letter, mailbox)) {
        hold(mailbox, letter, recipient.key(), seq, tick);
        return new Placement(
            recipient,
            Optional.of(new Lease(mailbox, socket.get())),
            mailbox.shares(recipient.key()) ? Optional.of(mailbox.slot()) : Optional.empty(),
            Optional.empty());
      }
    }
    mailboxes.waits(letter.meshId(), recipient, letter.rank(), seq);
    return new Placement(recipient, Optional.empty(), Optional.empty(), why(letter, candidates));
  }

  private void hold(Mailbox mailbox, Letter letter, String key, long seq, Instant tick) {
    Duration patience = mailbox.shares(key) ? lease.multipliedBy(SHARED_LEASES) : lease;
    mailbox.hold(
        new Held(
            new Copy(letter.id(), key),
            letter.rank(),
            seq,
            letter.clientMessageId(),
            tick.plus(patience)));
  }

  private static Optional<String> why(Letter letter, List<Mailbox> candidates) {
    List<Mailbox> connected =
        candidates.stream().filter(mailbox -> mailbox.peer().connected()).toList();
    if (connected.isEmpty()) {
      return Optional.of("offline");
    }
    return connected.stream().anyMatch(mailbox -> mailbox.open(letter.priority()))
        ? Optional.empty()
        : Optional.of(MessageRules.held(connected.getFirst().gate()));
  }

  private static boolean fits(Letter letter, Mailbox mailbox) {
    return letter.body().ciphertext().length() <= SMALL_BODY
        || mailbox.peer().can(Capability.LARGE_FRAMES);
  }

  private void confirm(Command.Confirm confirm, Instant now) {
    for (String messageId : confirm.messageIds()) {
      Optional<Held> held = mailboxes.release(confirm.by(), messageId);
      Collection<String> keys =
          held.map(Held::copy)
              .map(Copy::recipientKey)
              .map(Set::of)
              .orElseGet(() -> keys(confirm.by()));
      keys.forEach(
          key -> mark(new Mark(new Copy(messageId, key), confirm.status(), confirm.reason(), now)));
    }
  }

  private void confirm(Command.ConfirmByClientId confirm, Instant now) {
    mailboxes
        .of(confirm.by())
        .flatMap(mailbox -> mailbox.heldByClientId(confirm.clientMessageId()))
        .flatMap(messageId -> mailboxes.release(confirm.by(), messageId))
        .ifPresent(
            held -> mark(new Mark(held.copy(), DeliveryStatus.DELIVERED, Optional.empty(), now)));
  }

  private static Set<String> keys(Peer peer) {
    String member = peer.member().key().hex();
    String own = peer.address().hex();
    return own.equals(member) ? Set.of(member) : Set.of(own, member);
  }

  /// What is said last counts, but nothing takes back that a message was seen.
  private void mark(Mark mark) {
    marks.merge(
        mark.copy(),
        mark,
        (earlier, later) -> earlier.status() == DeliveryStatus.SEEN ? earlier : later);
  }

  /// A socket that lost one frame must not bring later ones: the peer comes back and gets all of it
  /// in order.
  private void dropped(Command.Dropped dropped) {
    if (dropped.socket().open()) {
      dropped.socket().close(1013, "slow_consumer");
    }
  }

  private List<Claim> claims() {
    return mailboxes.takeHungry(CLAIMS).stream()
        .map(mailbox ->
            new Claim(
                mailbox,
                mailbox.peer().meshId(),
                mailbox.wanted(),
                mailbox.household().othersThan(mailbox),
                Math.min(CLAIM_ROWS, mailbox.room())))
        .toList();
  }

  /// The messages of a round are on disk.
  ///
  /// @return tells the sender of each, then hands it out
  List<Runnable> stored(Round round) {
    List<Runnable> telling = new ArrayList<>();
    for (Posting posting : round.postings()) {
      Optional<Round.Repeat> repeat = round.results().repeat(posting.accept());
      if (repeat.isPresent()) {
        posting.leases().forEach(lease -> withdraw(lease, posting.accept().letter()));
      }
      telling.add(() -> courier.handOut(posting, repeat));
    }
    return telling;
  }

  /// What a round says of earlier messages is on disk.
  ///
  /// @return hands out what was read from the table, and tells the senders
  List<Runnable> updated(Round round) {
    marks.clear();
    freed.clear();
    expireAt = expireAt.filter(at -> round.results().expired().size() >= MessageStore.EXPIRE_ROWS);
    List<Runnable> telling = new ArrayList<>();
    for (Claim claim : round.claims()) {
      claimed(claim, round.results().claimed(claim), round.now(), telling);
    }
    inquiries.forEach(inquire -> inquire.held().complete(mailboxes.held(inquire.messageId())));
    inquiries.clear();
    for (Round.Change change : round.results().changes()) {
      telling.add(() -> notes.changed(change));
    }
    for (Round.Change change : round.results().expired()) {
      telling.add(() -> notes.expired(change));
    }
    return telling;
  }

  private void claimed(Claim claim, List<Claimed> rows, Instant now, List<Runnable> telling) {
    long bytes = 0;
    Mailbox mailbox = claim.mailbox();
    for (Claimed row : rows) {
      bytes += row.letter().body().ciphertext().length();
      mailbox.readTo(row.copy().recipientKey(), row.letter().rank(), row.seq());
      if (mailbox.household().holder(row.copy()).isPresent()) {
        continue;
      }
      if (!row.granted()) {
        metrics.droppedByGrant(row.letter().kind().capability().wireName());
        mark(new Mark(row.copy(), DeliveryStatus.REFUSED, Optional.of("blocked"), now));
      } else if (!fits(row.letter(), mailbox)) {
        mark(new Mark(row.copy(), DeliveryStatus.REFUSED, Optional.of("too_large"), now));
      } else {
        pushClaimed(mailbox, row).ifPresent(telling::add);
      }
    }
    if (rows.size() < claim.limit() && bytes < MessageStore.CLAIM_CHARS) {
      claim.wanted().forEach(wanted -> mailbox.nothingWaits(wanted.key(), wanted.rank()));
    } else {
      mailboxes.lookAfter(mailbox);
    }
  }

  private Optional<Runnable> pushClaimed(Mailbox mailbox, Claimed row) {
    Letter letter = row.letter();
    String key = row.copy().recipientKey();
    Peer peer = mailbox.peer();
    hold(mailbox, letter, key, row.seq(), steady.instant());
    return peer.connection()
        .map(socket -> () -> courier.push(peer, socket, letter.id(), letter.frame(key)));
  }

  /// Nothing of a round's messages is known to be on disk: refuses them.
  void notStored(Round round, Problem problem) {
    withdraw(round);
    round.postings().forEach(posting -> refuse(posting.accept(), problem));
  }

  /// Nothing else of a round is known to be on disk: remembers it.
  void notUpdated(Round round, Problem problem) {
    inquiries.forEach(inquire -> inquire.held().completeExceptionally(problem));
    inquiries.clear();
    round.claims().forEach(claim -> lookAgain(claim.mailbox()));
  }

  /// Refuses a message. One that will be sent again holds up what the same sender sends before
  /// that.
  void refuse(Command.Accept accept, Problem problem) {
    if (problem.code() == ProblemCode.BUSY) {
      accept
          .origin()
          .ifPresent(origin ->
              lines.refused(origin.author(), accept.letter().clientMessageId(), steady.instant()));
    }
    accept.receipt().completeExceptionally(problem);
  }

  /// Undoes what a round decided about its messages, so that they can be tried one by one.
  void withdraw(Round round) {
    round.postings().forEach(this::withdraw);
  }

  /// The rows may be in the table all the same, if only the answer to the commit was lost: then
  /// they wait there.
  private void withdraw(Posting posting) {
    Letter letter = posting.accept().letter();
    for (Placement placement : posting.placements()) {
      placement.lease().ifPresent(lease -> withdraw(lease, letter));
      mailboxes.waits(letter.meshId(), placement.recipient(), letter.rank(), posting.seq());
    }
  }

  private void withdraw(Lease lease, Letter letter) {
    lease.mailbox().release(letter.id());
    lookAgain(lease.mailbox());
  }

  /// Mail may have been noted as this peer's without anybody knowing.
  private void lookAgain(Mailbox mailbox) {
    mailbox.share().forget();
    mailboxes.lookAfter(mailbox);
  }

  /// A bug in what is remembered would stop the queue for good: lets go of it. What nobody
  /// confirmed is pushed again.
  void forgetRemembered() {
    marks.clear();
    freed.clear();
  }
}
