package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.ErrorReply;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Outbound;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.meshes.MeshEvent;
import dev.claudemesh.protocol.messaging.MessageEvent;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.databind.node.ObjectNode;

/// The inside of a {@link MeshClient}: sorts what the connection brings to those who deal with it.
///
/// Frames come on the reading thread and are handed over at once: answers to their callers,
/// acknowledgements to the outbox's lane, messages and keys to the mail lane, which opens and
/// stores them and hands them to the listener's lane.
final class Engine implements Connector.Events {
  private static final String KEPT =
      "The connection was closed before the message was sent. It waits in the outbox and goes out"
          + " when this client connects again.";
  private static final String NOT_SENT =
      "The connection was closed before the message was sent. Send it again when the broker is"
          + " reachable.";
  private static final int MAIL_QUEUE = 10_000;
  private static final int LISTENER_QUEUE = 1_000;

  final Standing standing = new Standing();
  final Calls calls;
  final Sender sender;
  final SeenReports seen;
  private final MeshClient.Builder parts;
  private final PrivateValues values;
  private final OutboxPump pump;
  private final Receiver receiver;
  private final KeyExchange keys;
  private final Connector connector;
  private final Lane mail;
  private final Lane listening = new Lane("claudemesh-listener", LISTENER_QUEUE);
  private volatile MeshFacts facts = MeshFacts.UNKNOWN;
  private volatile Optional<FrameSocket> socket = Optional.empty();

  Engine(MeshClient.Builder parts) {
    this.parts = parts;
    BodyCipher cipher = new BodyCipher(parts.identity, parts.keyring);
    Hops hops = new Hops();
    values =
        new PrivateValues(
            parts.keyring, () -> facts, Reminders.of(parts.identity, parts.keyring, () -> facts));
    calls = new Calls(parts.limits, values);
    seen = new SeenReports(calls::call);
    receiver = new Receiver(cipher, parts.inbox, hops, parts.limits, parts.clock, this::tell);
    mail = new Lane("claudemesh-mail", MAIL_QUEUE, receiver::settle);
    keys = new KeyExchange(parts.identity, parts.keyring, parts.keyPolicy, calls, this::warn);
    pump =
        new OutboxPump(
            parts.outbox,
            parts.limits,
            () -> facts,
            entry -> Sender.resealed(cipher, entry, facts),
            (id, why) -> tell(listener -> listener.sendRefused(id, why)));
    sender =
        new Sender(
            cipher,
            hops,
            new RepeatGuard(parts.limits.repeatsPerMinute()),
            () -> facts,
            parts.clock,
            pump);
    connector =
        new Connector(
            BrokerUrl.webSocket(parts.identity.brokerUrl()),
            new HelloMaker(parts.identity, parts.details, parts.keyring, parts.clock),
            parts.limits,
            parts.resumeToken,
            this);
  }

  void begin() {
    pump.dropForeign(parts.identity.address().hex());
    mail.put(receiver::restore);
    connector.start();
  }

  /// Hands something to the listener's own thread; waits while that has too much to do. Never
  /// called on the reading thread.
  private void tell(Consumer<MeshListener> news) {
    listening.put(() -> news.accept(parts.listener));
  }

  private void warn(Problem problem) {
    tell(listener -> listener.warned(problem));
  }

  /// Puts a task other than a message into the mail lane: what came before it is settled first.
  private boolean offer(Runnable task) {
    return mail.offer(settled(task));
  }

  private void put(Runnable task) {
    mail.put(settled(task));
  }

  private Runnable settled(Runnable task) {
    return () -> {
      receiver.settle();
      task.run();
    };
  }

  /// Waits until nothing is on its way: messages, and keys that are being handed to newcomers.
  void flush(Duration atMost) {
    if (atMost.isZero() || standing.ended().isPresent()) {
      return;
    }
    try {
      CompletableFuture.allOf(pump.empty(), keysSettled())
          .get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      // what is left stays in the outbox
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("Neither fails", e);
    }
  }

  /// After what is read already: a request in it counts as asked.
  private CompletableFuture<Void> keysSettled() {
    CompletableFuture<Void> settled = new CompletableFuture<>();
    if (!offer(() -> keys.settled().thenRun(() -> settled.complete(null)))) {
      settled.complete(null);
    }
    return settled;
  }

  void stop() {
    Problem closed = new Problem(ProblemCode.UNREACHABLE, "This connection was closed.");
    standing.end(closed);
    connector.stop();
    calls.lost(closed);
    pump.stop(new Problem(ProblemCode.UNREACHABLE, parts.outbox.durable() ? KEPT : NOT_SENT));
    keys.stop();
    mail.stop();
    mail.awaitEnd(Duration.ofSeconds(1));
    listening.stop();
    listening.awaitEnd(Duration.ofSeconds(2));
  }

  @Override
  public void connecting() {
    standing.connecting();
  }

  @Override
  public void frame(FrameSocket from, ObjectNode frame) {
    Optional<String> reqId = Wire.reqId(frame);
    try {
      Wire.received(frame).ifPresent(received -> dispatch(from, reqId, received.frame()));
    } catch (Problem notUnderstood) {
      if (!reqId.map(id -> calls.failed(id, notUnderstood)).orElse(false)) {
        offer(() -> warn(notUnderstood));
      }
    }
  }

  private void dispatch(FrameSocket from, Optional<String> reqId, Outbound frame) {
    switch (frame) {
      case HelloAck ack -> greeted(from, ack);
      case ErrorReply error -> refused(reqId, error);
      case Ack ack -> {
        if (!reqId.map(id -> calls.answered(id, ack)).orElse(false)) {
          pump.acknowledged(ack);
        }
      }
      case Reply reply -> reqId.ifPresent(id -> calls.answered(id, reply));
      case MessageEvent.Push push ->
          mail.offer(() -> receiver.received(push, from, facts.confirmedAtOnce()));
      case MessageEvent.StatusChanged change ->
          offer(() -> tell(listener -> listener.statusChanged(change)));
      case MeshEvent.KeyRequested event -> offer(() -> keys.requested(event.request()));
      case MeshEvent.KeySealed event ->
          necessary(from, () -> keys.accept(List.of(event.key()), this::arrived));
      case MeshEvent.RotationNeeded event ->
          keys.rotate(event.epoch(), epoch -> put(() -> arrived(epoch)));
      case Event other -> offer(() -> tell(listener -> listener.event(values.open(other))));
    }
  }

  /// In this order: what was waiting is sent and called again only when the facts of the new
  /// connection stand, and who waits for the connection goes on when new keys are in the keyring
  /// and those to be handed out are on their way.
  private void greeted(FrameSocket from, HelloAck ack) {
    learn(before -> MeshFacts.of(ack));
    socket = Optional.of(from);
    calls.opened(from);
    connector.greeted(ack.resumeToken());
    necessary(
        from,
        () -> {
          keys.accept(ack.epochKeys(), this::arrived);
          ack.keyRequests().forEach(keys::requested);
          receiver.giveUpWaiting(from);
          if (socket.filter(from::equals).isPresent()) {
            standing.open(ack);
          }
          tell(listener -> listener.connected(ack));
        });
    if (ack.epochKeys().isEmpty()) {
      standing.open(ack);
    }
    pump.opened(from);
    seen.report();
  }

  private void refused(Optional<String> reqId, ErrorReply error) {
    Problem problem = Problem.of(error);
    if (connector.refused(problem) || reqId.map(id -> calls.failed(id, problem)).orElse(false)) {
      return;
    }
    error
        .id()
        .or(() -> reqId)
        .ifPresentOrElse(id -> pump.refused(id, problem), () -> offer(() -> warn(problem)));
  }

  /// Messages that find no room stay with the broker; without these, nothing that follows can be
  /// understood.
  private void necessary(FrameSocket from, Runnable task) {
    if (!offer(task)) {
      from.abort("this client is too far behind");
    }
  }

  @Override
  public void lost(FrameSocket closed, boolean tooBig, Problem why) {
    socket = Optional.empty();
    calls.lost(why);
    pump.lost(tooBig);
  }

  @Override
  public void waiting(Problem why, Duration pause) {
    standing.waiting(why);
    calls.lost(why);
    put(() -> tell(listener -> listener.disconnected(why, pause)));
  }

  @Override
  public void ended(Problem why) {
    standing.end(why);
    calls.lost(why);
    pump.gaveUp(why);
    put(() -> tell(listener -> listener.ended(why)));
  }

  /// A key of the mesh is new here: later messages are written under it, and those that waited for
  /// it open. Runs on the mail lane.
  private void arrived(int epoch) {
    learn(known -> known.atEpoch(epoch));
    receiver.keyArrived(epoch, socket, facts.confirmedAtOnce());
  }

  private synchronized void learn(UnaryOperator<MeshFacts> change) {
    facts = change.apply(facts);
  }
}
