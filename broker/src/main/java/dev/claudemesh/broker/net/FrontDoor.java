package dev.claudemesh.broker.net;

import dev.claudemesh.broker.kernel.AuditTrail;
import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.HeldLine;
import dev.claudemesh.broker.kernel.HttpCall;
import dev.claudemesh.broker.kernel.Metrics;
import dev.claudemesh.broker.kernel.Outcome;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.SignedCalls;
import dev.claudemesh.broker.net.Replies.Answer;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.ErrorReply;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.messaging.MessageReply;
import dev.claudemesh.protocol.messaging.MessageRequest;
import dev.claudemesh.protocol.schedule.ScheduleRequest;
import dev.claudemesh.protocol.services.ServiceRequest;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Where every request comes in, from a socket or over HTTP: decode → rate limit → access → handle
/// → audit → metrics → error mapping.
///
/// Rooms are asked for nothing that was not decoded, within its rate and permitted, and nothing but
/// a {@link Reply} or a {@link Problem} leaves.
public final class FrontDoor {
  private static final int POLICY = 1008;
  private static final int INTERNAL_ERROR = 1011;
  private static final int TRY_AGAIN = 1013;
  private static final int BANNED = 4002;

  private final Rooms rooms;
  private final SignedCalls signedCalls;
  private final RateLimits rates;
  private final AuditTrail audit;
  private final Metrics metrics;
  private final InstantSource steady;

  /// @param steady measures how long a message is waited for
  FrontDoor(
      Rooms rooms,
      SignedCalls signedCalls,
      RateLimits rates,
      AuditTrail audit,
      Metrics metrics,
      InstantSource steady) {
    this.rooms = rooms;
    this.signedCalls = signedCalls;
    this.rates = rates;
    this.audit = audit;
    this.metrics = metrics;
    this.steady = steady;
  }

  /// What is known of a frame as soon as it is an object, and what an answer to it must repeat.
  ///
  /// @param id the client's own id of a `send`
  /// @param clientMessageId the client's id of the message in a `send`
  private record Question(
      String type, Optional<String> reqId, Optional<String> id, Optional<String> clientMessageId) {
    static final Question UNREADABLE =
        new Question("frame", Optional.empty(), Optional.empty(), Optional.empty());

    static Question of(ObjectNode frame) {
      String type = frame.path("type").asString("");
      boolean send = type.equals("send");
      return new Question(
          type,
          Wire.reqId(frame),
          send ? text(frame, "id") : Optional.empty(),
          send ? text(frame, "client_message_id") : Optional.empty());
    }

    private static Optional<String> text(ObjectNode frame, String name) {
      return frame.path(name).isString()
          ? Optional.of(frame.path(name).asString()).filter(text -> text.length() <= 128)
          : Optional.empty();
    }

    boolean opens() {
      return type.equals("hello") || type.equals("session_hello");
    }
  }

  /// One frame of a socket. Answers through `replies`, in order; never throws. Runs on the
  /// connection's lane.
  void receive(SocketConnection connection, Replies replies, byte[] bytes) {
    Question question = Question.UNREADABLE;
    boolean opening = false;
    try {
      ObjectNode frame = read(connection, () -> Wire.parse(bytes));
      Question known = Question.of(frame);
      question = known;
      Wire.Inbound inbound =
          read(
              connection,
              () -> {
                checkHello(connection, known);
                return Wire.request(frame);
              });
      if (!hasOwnLimit(inbound.request(), connection)) {
        rates.frame(connection.id());
      }
      opening = question.opens();
      if (inbound.request() instanceof MessageRequest.Send send
          && !connection.line().admits(send.clientMessageId(), steady.instant())) {
        replies.now(refusal(question, HeldLine.comesLater())); // unlogged: the first one was
        return;
      }
      Caller caller = caller(connection);
      admit(inbound, caller);
      if (!waitsForNone(inbound.request())) {
        replies.settle();
      }
      Outcome outcome = handle(inbound.op(), inbound.request(), caller);
      answer(connection, replies, question, inbound, outcome);
    } catch (RuntimeException | Error thrown) {
      Problem problem = Troubles.of(thrown, question.type());
      if (comesAgain(problem) && question.clientMessageId().isPresent()) {
        replies.settle(); // one before it may be refused, too, and is then the one to wait for
        connection.line().refused(question.clientMessageId(), steady.instant());
      }
      refuse(connection, replies, question, problem, opening);
    }
  }

  /// What cannot be read counts as any other frame.
  private <T> T read(SocketConnection connection, Supplier<T> reading) {
    try {
      return reading.get();
    } catch (Problem unreadable) {
      rates.frame(connection.id());
      throw unreadable;
    }
  }

  /// Messages have a rate of their own, and what is said of messages is bounded by those that were
  /// pushed: a busy receiver must not be refused its confirmations. What goes beyond that counts as
  /// any other frame.
  private static boolean hasOwnLimit(Request<?> request, SocketConnection connection) {
    return request instanceof MessageRequest.Send
        || (saysOfMessages(request) && connection.answersPush());
  }

  private static boolean saysOfMessages(Request<?> request) {
    return request instanceof MessageRequest.ClientAck
        || request instanceof MessageRequest.Nack
        || request instanceof MessageRequest.Seen;
  }

  /// Messages and what is said of them go through one queue in the order in which they came, so
  /// none of them waits here for those before it. Nor does what is said of a call: it may be what
  /// those before it wait for.
  private static boolean waitsForNone(Request<?> request) {
    return request instanceof MessageRequest.Send
        || saysOfMessages(request)
        || request instanceof ServiceRequest.Respond
        || request instanceof ServiceRequest.Progress
        || request instanceof ServiceRequest.Cancel;
  }

  private void checkHello(SocketConnection connection, Question question) {
    if (connection.peer().isPresent()) {
      if (question.opens()) {
        throw new Problem(
            ProblemCode.ALREADY_AUTHENTICATED,
            "This connection has said hello already; nothing changed");
      }
    } else if (question.opens()) {
      rates.mayTry(connection.remote());
    } else {
      throw new Problem(ProblemCode.NO_HELLO, "must send hello first");
    }
  }

  private void admit(Wire.Inbound inbound, Caller caller) {
    if (inbound.request() instanceof MessageRequest.Send
        || inbound.request() instanceof ScheduleRequest.Schedule) {
      rates.send(caller.requireMember().id());
    }
    AccessRules.check(inbound.op().operation().access(), caller);
  }

  /// What was done is recorded before it is answered.
  private Outcome handle(Catalog.Op op, Request<?> request, Caller caller) {
    Outcome outcome = rooms.handle(request, caller);
    if (!op.audited()) {
      return outcome;
    }
    return switch (outcome) {
      case Outcome.Now(Reply ready) -> {
        CompletableFuture<Void> recorded = audit.record(op, request, caller, ready);
        boolean over = recorded.isDone() && !recorded.isCompletedExceptionally();
        yield over ? outcome : new Outcome.Later(recorded.thenApply(done -> ready));
      }
      case Outcome.Later(var reply, Runnable afterwards) ->
          new Outcome.Later(recorded(reply, op, request, caller), afterwards);
      case Outcome.Aside(var reply) -> new Outcome.Aside(recorded(reply, op, request, caller));
    };
  }

  private CompletableFuture<? extends Reply> recorded(
      CompletableFuture<? extends Reply> reply, Catalog.Op op, Request<?> request, Caller caller) {
    return reply.thenCompose(
        ready -> audit.record(op, request, caller, ready).thenApply(done -> ready));
  }

  private void answer(
      SocketConnection connection,
      Replies replies,
      Question question,
      Wire.Inbound inbound,
      Outcome outcome) {
    if (question.opens()) {
      connection.answerHello(reply(outcome), question.reqId());
      metrics.connectionOpened();
      connection.whenClosed(metrics::connectionClosed);
      return;
    }
    boolean silent = inbound.op().operation().quiet() && question.reqId().isEmpty();
    Function<Reply, Optional<Answer>> answer =
        reply ->
            silent ? Optional.empty() : Optional.of(answer(inbound.request(), question, reply));
    switch (outcome) {
      case Outcome.Now(Reply ready) -> answer.apply(ready).ifPresent(replies::now);
      case Outcome.Later later ->
          replies.later(later, answer, failure -> failed(connection, question, failure));
      case Outcome.Aside aside when question.reqId().isPresent() ->
          replies.aside(aside, answer, failure -> failed(connection, question, failure));
      case Outcome.Aside aside ->
          replies.later(
              new Outcome.Later(aside.reply()),
              answer,
              failure -> failed(connection, question, failure));
    }
  }

  /// Whether clients repeat a message that was refused so.
  private static boolean comesAgain(Problem why) {
    return why.code().retryable() || why.code() == ProblemCode.STALE_EPOCH;
  }

  private Answer failed(SocketConnection connection, Question question, Throwable failure) {
    Problem problem = Troubles.of(failure, question.type());
    if (comesAgain(problem)) {
      connection.line().refused(question.clientMessageId(), steady.instant());
    }
    return refusal(question, problem);
  }

  /// The reply of an outcome that nothing may overtake.
  private static Reply reply(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Now(Reply ready) -> ready;
      case Outcome.Aside(var known) -> known.join();
      case Outcome.Later later -> {
        try {
          yield later.reply().join();
        } finally {
          later.afterwards().run();
        }
      }
    };
  }

  /// An `ack` to a `send` is matched by the client's own id; any other `ack` repeats the `_reqId`
  /// in both places.
  private static Answer answer(Request<?> request, Question question, Reply reply) {
    if (reply instanceof MessageReply.Ack ack) {
      return request instanceof MessageRequest.Send
          ? new Answer(ack.withId(question.id().orElse("")), Optional.empty())
          : new Answer(
              ack.id().isEmpty() ? ack.withId(question.reqId().orElse("")) : ack, question.reqId());
    }
    return new Answer(reply, question.reqId());
  }

  private void refuse(
      SocketConnection connection,
      Replies replies,
      Question question,
      Problem problem,
      boolean opening) {
    Answer refusal = refusal(question, problem);
    if (!opening) {
      replies.now(refusal);
      return;
    }
    metrics.connectionRejected(problem.code().wireName());
    if (!problem.code().retryable()) {
      rates.failed(connection.remote()); // what is our trouble counts against nobody
    }
    connection.answerHello(refusal.frame(), refusal.reqId());
    switch (problem.code()) {
      case REVOKED -> connection.close(BANNED, "banned");
      case BUSY, SHUTTING_DOWN, RATE_LIMITED ->
          connection.close(TRY_AGAIN, problem.code().wireName());
      case INTERNAL -> {
        // A bug does not cost the connection, unless it left a peer that never got its hello_ack.
        if (connection.peer().isPresent()) {
          connection.close(INTERNAL_ERROR, problem.code().wireName());
        }
      }
      case ProblemCode other -> connection.close(POLICY, other.wireName());
    }
  }

  private Answer refusal(Question question, Problem problem) {
    metrics.messageRejected(problem.code().wireName());
    ErrorReply plain = problem.toReply();
    ErrorReply reply =
        new ErrorReply(
            plain.code(), plain.message(), plain.retryable(), plain.details(), question.id());
    // The first protocol's no_hello names no request.
    return new Answer(
        reply, problem.code() == ProblemCode.NO_HELLO ? Optional.empty() : question.reqId());
  }

  /// One HTTP call.
  ///
  /// @param fields the request record's fields, from path, query and body
  /// @throws Problem why it was refused
  Reply call(HttpCall call, Catalog.Op op, ObjectNode fields) {
    try {
      rates.mayTry(call.remote());
      Request<?> request = Wire.bind(op, fields);
      Caller caller = resolve(call, op);
      AccessRules.check(op.operation().access(), caller);
      return reply(handle(op, request, caller));
    } catch (RuntimeException | Error thrown) {
      Problem problem = Troubles.of(thrown, op.type());
      metrics.messageRejected(problem.code().wireName());
      throw problem;
    }
  }

  private Caller resolve(HttpCall call, Catalog.Op op) {
    if (op.operation().access() == Access.OPEN) {
      rates.open(call.remote());
    }
    Caller caller;
    try {
      caller = signedCalls.resolve(call, op);
    } catch (Problem unproven) {
      rates.failed(call.remote());
      throw unproven;
    }
    caller.member().ifPresent(member -> rates.frame(member.id()));
    caller.account().ifPresent(account -> rates.frame(account.accountId()));
    return caller;
  }

  private static Caller caller(SocketConnection connection) {
    Optional<Peer> peer = connection.peer();
    if (peer.filter(Peer::isRemoved).isPresent()) {
      throw new Problem(ProblemCode.REVOKED, "You are not a member of this mesh any more");
    }
    return new Caller(
        peer.map(Peer::acting),
        Optional.empty(),
        peer,
        Optional.of(connection),
        connection.publicUrl(),
        connection.remote());
  }
}
