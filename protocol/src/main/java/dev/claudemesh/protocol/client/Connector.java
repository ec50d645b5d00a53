package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.node.ObjectNode;

/// Makes the connection, watches it, and makes it again, on one thread, until it is stopped or
/// refused for good.
final class Connector {
  private static final int MAX_AT_ONCE = 5;
  private static final Duration CLOSING = Duration.ofMillis(500);

  /// How long a broker that stands still may sit on a hello and still act on it.
  private static final Duration LATE = Duration.ofMinutes(5);

  /// What the connector tells of.
  interface Events {
    /// A frame came. Must not block.
    void frame(FrameSocket socket, ObjectNode frame);

    /// A connection that was open is open no more.
    void lost(FrameSocket socket, boolean tooBig, Problem why);

    void waiting(Problem why, Duration pause);

    void ended(Problem why);

    void connecting();
  }

  private final URI broker;
  private final HelloMaker hello;
  private final ClientLimits limits;
  private final Events events;
  private final CompletableFuture<Void> stop = new CompletableFuture<>();
  private final Thread thread;
  private volatile Optional<String> resumeToken;
  private volatile CompletableFuture<Problem> greeting = new CompletableFuture<>();
  private volatile FrameSocket current;
  private int failures;

  /// When we last turned away from a hello that was not answered.
  private Optional<Long> unanswered = Optional.empty();

  Connector(
      URI broker,
      HelloMaker hello,
      ClientLimits limits,
      Optional<String> resumeToken,
      Events events) {
    this.broker = broker;
    this.hello = hello;
    this.limits = limits;
    this.resumeToken = resumeToken;
    this.events = events;
    this.thread = FrameSocket.thread("claudemesh-connection", this::run);
  }

  void start() {
    thread.start();
  }

  /// The broker said yes to the hello.
  void greeted(String token) {
    resumeToken = Optional.of(token);
    greeting.complete(null);
  }

  /// The broker sent an error before it said yes.
  ///
  /// @return false if the hello was answered already
  boolean refused(Problem why) {
    return greeting.complete(why);
  }

  private void run() {
    int atOnce = 0;
    try {
      while (!stop.isDone()) {
        events.connecting();
        Verdict verdict = connection();
        if (stop.isDone()) {
          return;
        }
        boolean again = verdict.next() == Verdict.Next.AT_ONCE && atOnce++ < MAX_AT_ONCE;
        if (again) {
          continue;
        }
        atOnce = 0;
        if (verdict.next() == Verdict.Next.END || !limits.reconnect()) {
          events.ended(verdict.problem());
          return;
        }
        Duration pause =
            Backoff.pause(
                failures++,
                limits.firstPause(),
                limits.maxPause(),
                ThreadLocalRandom.current().nextDouble());
        events.waiting(verdict.problem(), pause);
        rest(pause);
      }
    } catch (InterruptedException e) {
      // only stop() interrupts, after it has waited
    }
  }

  private void rest(Duration pause) throws InterruptedException {
    try {
      stop.get(pause.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // the pause is over
    } catch (ExecutionException e) {
      throw new IllegalStateException("A stop never fails", e);
    }
  }

  /// One connection from its first byte to its last.
  private Verdict connection() throws InterruptedException {
    greeting = new CompletableFuture<>();
    FrameSocket socket;
    try {
      socket = FrameSocket.open(broker, limits, this::frame);
    } catch (Problem e) {
      return new Verdict(Verdict.Next.LATER, e);
    }
    current = socket;
    socket.begin();
    socket.send(Wire.encode(hello.make(resumeToken), Optional.empty()));
    Optional<Verdict> refused = awaitGreeting(socket);
    if (!greeting.isDone()) {
      unanswered = Optional.of(System.nanoTime());
    }
    if (refused.isPresent()) {
      socket.close(Duration.ofMillis(200));
      return refused.get();
    }
    failures = 0;
    FrameSocket.Closed closed = watch(socket);
    Verdict verdict = Verdict.ofClose(closed.code(), closed.reason(), broker, mayBeOurOwn());
    events.lost(socket, closed.code() == Verdict.TOO_BIG, verdict.problem());
    return verdict;
  }

  /// Whether the client that takes our place can be ourselves a while ago: a hello that we gave up
  /// waiting for, and that a broker in trouble came to only now. Said once, so that two clients
  /// with one key do not chase each other for ever.
  private boolean mayBeOurOwn() {
    boolean may = unanswered.filter(when -> System.nanoTime() - when < LATE.toNanos()).isPresent();
    unanswered = Optional.empty();
    return may;
  }

  /// What an earlier socket still had on its way is nobody's any more.
  private void frame(FrameSocket socket, ObjectNode frame) {
    if (socket == current) {
      events.frame(socket, frame);
    }
  }

  private Optional<Verdict> awaitGreeting(FrameSocket socket) throws InterruptedException {
    CompletableFuture<Problem> answer = greeting;
    try {
      CompletableFuture.anyOf(answer, socket.closed(), stop)
          .get(limits.helloTimeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return Optional.of(
          Verdict.unreachable(
              broker,
              "it did not answer the hello within " + limits.helloTimeout().toSeconds() + " s"));
    } catch (ExecutionException e) {
      throw new IllegalStateException("None of these fails", e);
    }
    if (answer.isDone()) {
      return Optional.ofNullable(answer.join()).map(Verdict::ofRefusal);
    }
    if (stop.isDone()) {
      return Optional.of(Verdict.unreachable(broker, "this client was closed"));
    }
    FrameSocket.Closed closed = socket.closed().join();
    return Optional.of(
        ProblemCode.of(closed.reason())
            .map(code ->
                Verdict.ofRefusal(
                    new Problem(code, "The broker refused the connection: " + closed.reason())))
            .orElseGet(
                () -> Verdict.ofClose(closed.code(), closed.reason(), broker, mayBeOurOwn())));
  }

  /// Waits for the end; pings meanwhile, and makes an end where nothing comes back.
  private FrameSocket.Closed watch(FrameSocket socket) throws InterruptedException {
    CompletableFuture<?> over = CompletableFuture.anyOf(socket.closed(), stop);
    while (!over.isDone()) {
      try {
        over.get(limits.pingEvery().toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (socket.silence().compareTo(limits.idleTimeout()) >= 0) {
          socket.abort("nothing came from it for " + limits.idleTimeout().toSeconds() + " s");
        } else {
          socket.ping();
        }
      } catch (ExecutionException e) {
        throw new IllegalStateException("None of these fails", e);
      }
    }
    if (!socket.closed().isDone()) {
      socket.close(CLOSING);
    }
    return socket.closed().join();
  }

  /// Closes the connection and waits for its thread.
  void stop() {
    stop.complete(null);
    try {
      if (Thread.currentThread() != thread && !thread.join(CLOSING.plusSeconds(1))) {
        thread.interrupt();
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
