package dev.claudemesh.broker.schedule;

import dev.claudemesh.broker.kernel.Alarm;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.schedule.ScheduleRules.Place;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.schedule.ScheduleReply;
import dev.claudemesh.protocol.schedule.ScheduleRequest;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Cancel;
import dev.claudemesh.protocol.schedule.ScheduleRequest.ListScheduled;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Keeps messages until they are due, then sends them.
///
/// Owns a thread: {@link #start} it after the queue's writer, {@link #stop} it before. {@link
/// #sweep} finds what other brokers scheduled, {@link #prune} forgets what ended long ago.
public final class ScheduleHandler implements Handler<ScheduleRequest<?>> {
  /// How long a repeated request is known after its message was sent.
  private static final Duration REMEMBERED = Duration.ofDays(1);

  /// How long a message is listed that could not be sent.
  private static final Duration LISTED = Duration.ofDays(7);

  private final ScheduleStore store;
  private final Outgoing outgoing;
  private final Firing firing;
  private final Alarm alarm;
  private final InstantSource clock;
  private final LimitsConfig limits;

  public ScheduleHandler(Kernel kernel, Outgoing outgoing) {
    this.store = new ScheduleStore(kernel.database());
    this.outgoing = outgoing;
    this.clock = kernel.clock();
    this.limits = kernel.limits();
    OwnerNotes notes = new OwnerNotes(kernel.peers());
    this.firing = new Firing(store, new MembershipStore(kernel.database()), outgoing, notes, clock);
    this.alarm = new Alarm("schedule", clock, firing::fire);
    kernel
        .bus()
        .subscribe(happening -> {
          if (happening instanceof Happening.PeerReady ready) {
            notes.arrived(ready.peer());
          }
        });
  }

  /// Begins with what became due while no broker was there.
  public void start() {
    alarm.at(clock.instant());
  }

  /// May be called twice.
  public void stop() {
    alarm.stop();
  }

  /// Sends what is due, whoever scheduled it.
  public void sweep(Instant now) {
    firing.fire().ifPresent(alarm::at);
  }

  /// Forgets what ended long ago.
  public void prune(Instant now) {
    store.prune(now.minus(REMEMBERED), now.minus(LISTED));
  }

  @Override
  public Outcome handle(ScheduleRequest<?> request, Caller caller) {
    Member member = caller.requireMember();
    return switch (request) {
      case Schedule schedule -> schedule(schedule, caller);
      case ListScheduled list -> Outcome.of(list(list, member));
      case Cancel cancel -> Outcome.of(cancel(cancel.scheduledId(), member));
    };
  }

  private ScheduleReply.Cancelled cancel(String id, Member member) {
    Instant now = clock.instant();
    boolean cancelled = store.cancel(member.meshId(), member.id(), id, now);
    if (!cancelled && store.beingSent(member.meshId(), member.id(), id, now)) {
      throw new Problem(
          ProblemCode.BUSY,
          "The message is just being sent; ask again in a few seconds whether there is still"
              + " something to cancel");
    }
    return new ScheduleReply.Cancelled(id, cancelled);
  }

  private Outcome schedule(Schedule request, Caller caller) {
    Member member = caller.requireMember();
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    Send send = ScheduleRules.message(request);
    Instant first = ScheduleRules.first(request, now);
    PublicKey address = caller.peer().map(Peer::address).orElse(member.key());
    ScheduledMessage message =
        new ScheduledMessage(
            UUID.randomUUID().toString(),
            member.meshId(),
            member.id(),
            ScheduleRules.sender(request, member, address),
            send,
            request.ownCopy(),
            request.cron(),
            request.timezone().orElse(ScheduleRules.UTC),
            request.clientMessageId(),
            now,
            first,
            0,
            Optional.empty(),
            0,
            Optional.empty(),
            false);
    outgoing.check(send, member);
    LimitsConfig.Work most = limits.work();
    ScheduledMessage stored =
        store.insert(message, most.scheduledOfMember(), most.scheduled()).orElseThrow(this::full);
    return Outcome.of(
        new ScheduleReply.Scheduled(
            stored.id(),
            stored.nextAt().toEpochMilli(),
            stored.cron(),
            stored.cron().map(repeated -> stored.timezone())),
        () -> alarm.at(stored.nextAt()));
  }

  private Problem full() {
    return new Problem(
        ProblemCode.LIMIT,
        "At most "
            + limits.work().scheduledOfMember()
            + " messages of yours, and "
            + limits.work().scheduled()
            + " of the mesh, can wait for their time; cancel some first");
  }

  private ScheduleReply.Listed list(ListScheduled list, Member member) {
    int most = limits.shared().listedBytes();
    Optional<Place> after = list.after().map(Place::parse);
    List<ScheduledMessage> read = store.ofMember(member.meshId(), member.id(), after, most);
    List<ScheduledMessage> fitting = ScheduleRules.fitting(read, most);
    return new ScheduleReply.Listed(
        fitting.stream().map(ScheduleRules::entry).toList(),
        fitting.size() < read.size()
            ? Optional.of(Place.of(fitting.getLast()).toString())
            : Optional.empty());
  }
}
