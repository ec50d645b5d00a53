package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.accounts.DeviceReply;
import dev.claudemesh.protocol.accounts.DeviceReply.Status;
import dev.claudemesh.protocol.accounts.DeviceRequest;
import dev.claudemesh.protocol.client.BrokerHttp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Waits until somebody approves or denies a code, and asks again and again meanwhile: as often as
/// the broker says, and less and less often while it cannot be reached.
final class Approval {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(1_500);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
  private static final Duration FRAME = Duration.ofMillis(120);
  private static final String FRAMES = "|/-\\";

  private final BrokerHttp http;
  private final DeviceReply.Started started;
  private final Context context;
  private final Duration usual;

  Approval(BrokerHttp http, DeviceReply.Started started, Context context) {
    this.http = http;
    this.started = started;
    this.context = context;
    Duration asked = Duration.ofSeconds(started.interval());
    this.usual = asked.compareTo(FIRST_PAUSE) < 0 ? FIRST_PAUSE : asked;
  }

  /// What came of it; `expired` if the code ended by this machine's clock.
  ///
  /// @throws Problem what the broker refused, or why it cannot be reached, once the code has ended
  DeviceReply.Polled await() throws InterruptedException {
    Instant end = context.clock().instant().plus(life());
    Duration pause = usual;
    Optional<Problem> trouble = Optional.empty();
    while (true) {
      rest(pause);
      try {
        DeviceReply.Polled polled =
            http.call(new DeviceRequest.Poll(started.deviceCode()), Optional.empty(), Map.of());
        if (polled.status() != Status.PENDING) {
          return polled;
        }
        trouble = Optional.empty();
        pause = usual;
      } catch (Problem problem) {
        if (!problem.code().retryable()) {
          throw problem;
        }
        pause = trouble.isEmpty() ? FIRST_PAUSE : longer(pause);
        trouble = Optional.of(problem);
      }
      if (!context.clock().instant().isBefore(end)) {
        if (trouble.isPresent()) {
          throw trouble.get();
        }
        return ended();
      }
    }
  }

  /// The broker ends the code by its own clock, so a clock that is wrong here matters little.
  private Duration life() {
    Duration told = Duration.between(context.clock().instant(), started.expiresAt());
    Duration longest = Duration.ofMinutes(15);
    return told.isNegative() || told.compareTo(longest) > 0 ? longest : told.plus(LONGEST_PAUSE);
  }

  private static Duration longer(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    return doubled.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : doubled;
  }

  private static DeviceReply.Polled ended() {
    return new DeviceReply.Polled(
        Status.EXPIRED, Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
  }

  /// A turning bar shows a person that it waits.
  private void rest(Duration pause) throws InterruptedException {
    Terminal terminal = context.terminal();
    if (!terminal.interactive()) {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      return;
    }
    long frames = Math.max(1, pause.dividedBy(FRAME));
    for (int i = 0; i < frames; i++) {
      char bar = FRAMES.charAt(i % FRAMES.length());
      terminal.err().print("\r" + terminal.in(Style.MUTED, bar + " waiting for the browser") + " ");
      terminal.err().flush();
      TimeUnit.NANOSECONDS.sleep(FRAME.toNanos());
    }
    terminal.err().print("\r" + " ".repeat(30) + "\r");
    terminal.err().flush();
  }
}
