package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import java.time.Duration;
import java.util.Optional;

/// How a client stands with its broker, and a place to wait for it. Thread-safe.
final class Standing {
  private ConnectionState state = ConnectionState.CONNECTING;
  private Optional<HelloAck> hello = Optional.empty();
  private Optional<Problem> lastFailure = Optional.empty();
  private boolean closing;

  synchronized ConnectionState state() {
    return state;
  }

  synchronized Optional<HelloAck> hello() {
    return hello;
  }

  /// Why the client ended; empty while it has not.
  synchronized Optional<Problem> ended() {
    return state == ConnectionState.ENDED ? lastFailure : Optional.empty();
  }

  synchronized void connecting() {
    become(ConnectionState.CONNECTING);
  }

  synchronized void open(HelloAck ack) {
    hello = Optional.of(ack);
    become(ConnectionState.OPEN);
  }

  synchronized void waiting(Problem why) {
    if (state != ConnectionState.ENDED) {
      lastFailure = Optional.of(why);
    }
    become(ConnectionState.WAITING);
  }

  synchronized void end(Problem why) {
    if (state != ConnectionState.ENDED) {
      lastFailure = Optional.of(why);
    }
    become(ConnectionState.ENDED);
  }

  private void become(ConnectionState next) {
    if (state != ConnectionState.ENDED) {
      state = next;
      notifyAll();
    }
  }

  /// @return false if somebody closes it already
  synchronized boolean beginClosing() {
    boolean first = !closing;
    closing = true;
    return first;
  }

  synchronized HelloAck awaitOpen(Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (state != ConnectionState.OPEN) {
      if (state == ConnectionState.ENDED) {
        throw lastFailure.orElseThrow();
      }
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw lastFailure.orElseGet(() ->
            new Problem(
                ProblemCode.TIMEOUT,
                "The broker did not answer within "
                    + atMost.toSeconds()
                    + " s. See what is wrong: claudemesh doctor."));
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Problem(ProblemCode.TIMEOUT, "Waiting for the broker was interrupted.");
      }
    }
    return hello.orElseThrow();
  }
}
