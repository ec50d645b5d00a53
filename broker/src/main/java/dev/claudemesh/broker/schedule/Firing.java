package dev.claudemesh.broker.schedule;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.MembershipStore;
import dev.claudemesh.broker.schedule.ScheduleRules.Turn;
import dev.claudemesh.db.DatabaseException;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.schedule.ScheduleRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends what is due: claim, send, and only when that is on disk, go on to the next time.
///
/// A broker that dies in between leaves its claims to end; whoever comes then sends again, and the
/// queue knows that it has the message. One round at a time here; other brokers have theirs.
final class Firing {
  private static final Logger log = LoggerFactory.getLogger(Firing.class);
  private static final int AT_ONCE = 100;

  /// Longer than anything here waits.
  static final Duration CLAIM = Duration.ofSeconds(30);

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofSeconds(5);

  private final ScheduleStore store;
  private final MembershipStore members;
  private final Outgoing outgoing;
  private final OwnerNotes notes;
  private final InstantSource clock;

  Firing(
      ScheduleStore store,
      MembershipStore members,
      Outgoing outgoing,
      OwnerNotes notes,
      InstantSource clock) {
    this.store = store;
    this.members = members;
    this.outgoing = outgoing;
    this.notes = notes;
    this.clock = clock;
  }

  /// One message on its way.
  private record Shot(ScheduledMessage message, Turn turn, CompletableFuture<?> sent) {}

  /// Sends all that is due.
  ///
  /// @return when there is more to do
  synchronized Optional<Instant> fire() {
    List<ScheduledMessage> due;
    do {
      Instant now = clock.instant();
      due = store.claim(now, now.plus(CLAIM), AT_ONCE);
      due.stream().map(message -> shoot(message, now)).toList().forEach(this::settle);
    } while (due.size() == AT_ONCE);
    return store.nextDue(clock.instant());
  }

  private Shot shoot(ScheduledMessage message, Instant now) {
    Turn turn = new Turn(true, 0, Optional.empty());
    CompletableFuture<?> sent;
    try {
      turn = ScheduleRules.turn(message, now);
      sent =
          turn.send()
              ? outgoing.send(
                  ScheduleRules.atItsTime(message),
                  sender(message),
                  message.sender(),
                  ScheduleRequest.REMINDER)
              : CompletableFuture.completedFuture(null);
    } catch (Problem | DatabaseException refused) {
      sent = CompletableFuture.failedFuture(refused);
    }
    return new Shot(message, turn, sent);
  }

  /// @throws Problem if they may not send any more
  private Member sender(ScheduledMessage message) {
    Member member =
        members
            .byId(message.meshId(), message.memberId())
            .filter(membership -> !membership.revoked())
            .map(MembershipStore.Membership::member)
            .orElseThrow(
                () -> new Problem(ProblemCode.REVOKED, "You are no member of this mesh any more"));
    if (!member.permissions().canSend()) {
      throw new Problem(
          ProblemCode.FORBIDDEN, "You lack the permission canSend in this mesh by now");
    }
    return member;
  }

  private void settle(Shot shot) {
    try {
      shot.sent().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      sent(shot);
    } catch (ExecutionException e) {
      failed(shot, e.getCause());
    } catch (TimeoutException e) {
      later(shot, "the queue takes too long");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sent(Shot shot) {
    Instant now = clock.instant();
    if (store.done(shot.message(), shot.turn(), Optional.empty(), now)
        && shot.turn().missed() > 0) {
      notes.missed(shot.message(), shot.turn(), now);
    }
  }

  private void failed(Shot shot, Throwable failure) {
    switch (failure) {
      case Problem busy when ScheduleRules.passes(busy) -> later(shot, busy.code().wireName());
      case DatabaseException e -> later(shot, e.getMessage());
      case Problem problem -> refused(shot, problem);
      case Throwable bug -> {
        log.error("Scheduled message {} could not be sent", shot.message().id(), bug);
        refused(shot, new Problem(ProblemCode.INTERNAL, "The broker's log says why"));
      }
    }
  }

  private void later(Shot shot, String why) {
    log.warn("Scheduled message {} is tried again soon: {}", shot.message().id(), why);
    store.release(shot.message(), clock.instant().plus(PAUSE));
  }

  /// Who may not send any more has nothing left to repeat; receivers may be there the next time.
  private void refused(Shot shot, Problem problem) {
    Instant now = clock.instant();
    ScheduledMessage message = shot.message();
    boolean forGood =
        problem.code() == ProblemCode.REVOKED || problem.code() == ProblemCode.FORBIDDEN;
    Turn turn = forGood ? new Turn(true, 0, Optional.empty()) : shot.turn();
    String code = problem.code().wireName();
    if (store.done(message, turn, Optional.of(code), now)
        && message.problem().filter(code::equals).isEmpty()) {
      notes.refused(message, code, problem.getMessage(), turn.next().isEmpty(), now);
    }
  }
}
