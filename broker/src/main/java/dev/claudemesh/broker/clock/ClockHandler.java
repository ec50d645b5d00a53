package dev.claudemesh.broker.clock;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Handler;
import dev.claudemesh.broker.kernel.Happening;
import dev.claudemesh.broker.kernel.Kernel;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.clock.ClockReply.Status;
import dev.claudemesh.protocol.clock.ClockRequest;
import dev.claudemesh.protocol.clock.ClockRequest.Get;
import dev.claudemesh.protocol.clock.ClockRequest.Pause;
import dev.claudemesh.protocol.clock.ClockRequest.Resume;
import dev.claudemesh.protocol.clock.ClockRequest.Set;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// The simulated clock of each mesh.
///
/// Owns a thread that tells the ticks; {@link #stop} it. {@link #sweep} wants to be called several
/// times a minute.
public final class ClockHandler implements Handler<ClockRequest<?>> {
  private static final int ATTEMPTS = 20;

  private final ClockStore store;
  private final Ticker ticker;
  private final InstantSource clock;

  public ClockHandler(Kernel kernel) {
    this.store = new ClockStore(kernel.database());
    this.clock = kernel.clock();
    this.ticker = new Ticker(store, kernel.peers(), clock);
    kernel
        .bus()
        .subscribe(happening -> {
          switch (happening) {
            case Happening.PeerReady ready -> ticker.arrived(ready.peer());
            case Happening.PeerLeft left -> ticker.left(left.peer());
            default -> {}
          }
        });
  }

  /// Looks at clocks that other brokers changed.
  public void sweep(Instant now) {
    ticker.sweep(now);
  }

  /// May be called twice.
  public void stop() {
    ticker.stop();
  }

  @Override
  public Outcome handle(ClockRequest<?> request, Caller caller) {
    Member member = caller.requireMember();
    return switch (request) {
      case Set set -> change(member, Optional.of(set.speed()), false);
      case Pause _ -> change(member, Optional.empty(), true);
      case Resume _ -> change(member, Optional.empty(), false);
      case Get _ -> Outcome.of(get(member));
    };
  }

  private Status get(Member member) {
    Instant now = clock.instant();
    return store
        .find(member.meshId())
        .map(row -> ClockRules.status(row, now))
        .orElseGet(() -> ClockRules.none(now));
  }

  /// @param speed the new one; empty for that which it has
  private Outcome change(Member member, Optional<Double> speed, boolean paused) {
    for (int i = 0; i < ATTEMPTS; i++) {
      Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      Optional<ClockRow> before = store.find(member.meshId());
      ClockRow after =
          before
              .map(row -> changed(row, speed, paused, member, now))
              .orElseGet(() -> started(member, speed, now));
      if (before.map(row -> store.replace(row, after)).orElseGet(() -> store.insert(after))) {
        return Outcome.of(
            ClockRules.status(after, now),
            () -> {
              ticker.tell(after, now);
              ticker.follow(after, now);
            });
      }
    }
    throw new Problem(
        ProblemCode.BUSY, "Many change the mesh's clock at once. Try again in a moment");
  }

  private static ClockRow changed(
      ClockRow row, Optional<Double> speed, boolean paused, Member member, Instant now) {
    return ClockRules.changed(
        row,
        speed.orElse(row.speed()),
        paused,
        Optional.of(member.id()),
        Optional.of(member.displayName()),
        now);
  }

  private static ClockRow started(Member member, Optional<Double> speed, Instant now) {
    return ClockRules.started(
        member.meshId(),
        speed.orElseThrow(() ->
            new Problem(
                ProblemCode.NO_CLOCK,
                "This mesh has no simulated clock; start one with set_clock")),
        member.id(),
        member.displayName(),
        now);
  }
}
