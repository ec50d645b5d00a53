package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Keeps a sender's order over a refusal, so that it need not wait for one answer before it sends
/// the next message: after a message was refused that its client will send again, later ones are
/// refused too, until the refused one comes again or a while has passed. Without this, what the
/// client had already sent would overtake what it must repeat.
///
/// Messages without an id of their client's are not repeated, so nothing waits for them.
/// Thread-safe.
public final class HeldLine {
  private static final Duration LONGEST = Duration.ofSeconds(30);

  private Optional<Held> held = Optional.empty();

  private record Held(String clientMessageId, Instant until) {}

  /// Whether a message may pass, or an earlier one must come first. The one that was waited for
  /// opens the line again.
  ///
  /// @param now by a {@link SteadyTime}
  public synchronized boolean admits(Optional<String> clientMessageId, Instant now) {
    if (held.isEmpty() || clientMessageId.isEmpty()) {
      return true;
    }
    Held waitedFor = held.get();
    boolean opens =
        waitedFor.clientMessageId().equals(clientMessageId.get())
            || !now.isBefore(waitedFor.until());
    if (opens) {
      held = Optional.empty();
    }
    return opens;
  }

  /// A message was refused and will be sent again. To be called when the fate of all that came
  /// before it is known: the first that was refused is the one to wait for.
  ///
  /// @param now by a {@link SteadyTime}
  public synchronized void refused(Optional<String> clientMessageId, Instant now) {
    if (held.isEmpty()) {
      held = clientMessageId.map(id -> new Held(id, now.plus(LONGEST)));
    }
  }

  /// What is told of a message that may not pass.
  public static Problem comesLater() {
    return new Problem(
        ProblemCode.BUSY,
        "An earlier message of yours was refused; send that one again first, then this");
  }
}
