package dev.claudemesh.broker.services;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.services.CallFailure;
import dev.claudemesh.protocol.services.ServiceEvent.Cancelled;
import dev.claudemesh.protocol.services.ServiceReply.CallResult;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// Calls that were forwarded and not answered yet, in memory only: a broker that stops ends them.
///
/// Thread-safe. Nothing is sent and nobody is told while its lock is held.
final class CallDesk {
  private final LimitsConfig.Services limits;
  private final InstantSource steady;
  private final Map<String, Ticket> open = new LinkedHashMap<>();
  private final Map<Ticket, Instant> deadlines = new LinkedHashMap<>();
  private final Set<String> watched = new HashSet<>();
  private boolean closed;

  CallDesk(LimitsConfig.Services limits, InstantSource steady) {
    this.limits = limits;
    this.steady = steady;
  }

  /// One call on its way.
  ///
  /// @param id what the host calls it by
  /// @param callerId what the caller calls it by
  /// @param member who calls
  /// @param progress whether the caller wants to hear of it
  record Ticket(
      String id,
      Optional<String> callerId,
      String member,
      Connection caller,
      Connection host,
      boolean progress,
      Instant begun,
      Duration patience,
      CompletableFuture<CallResult> answer) {

    /// One call is one object, whatever it says.
    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return id.hashCode();
    }

    @Override
    public String toString() {
      return "Ticket[" + id + "]";
    }
  }

  /// Takes a call down before it is forwarded. It ends when one of its two connections does.
  ///
  /// @throws Problem `limit` or `exists`
  void add(Ticket ticket) {
    synchronized (open) {
      if (closed) {
        throw new Problem(ProblemCode.SHUTTING_DOWN, "The broker is stopping");
      }
      checkRoom(ticket);
      open.put(ticket.id(), ticket);
      deadlines.put(ticket, ticket.begun().plus(ticket.patience()));
    }
    watch(ticket.caller());
    watch(ticket.host());
  }

  private void checkRoom(Ticket ticket) {
    if (open.values().stream().anyMatch(other -> sameForCaller(other, ticket))) {
      throw new Problem(ProblemCode.EXISTS, "A call with this callId of yours is not over");
    }
    if (count(other -> other.member().equals(ticket.member())) >= limits.callsPerMember()) {
      throw new Problem(
          ProblemCode.LIMIT,
          "You have " + limits.callsPerMember() + " calls on their way; wait for one to end");
    }
    if (count(other -> other.host() == ticket.host()) >= limits.callsPerHost()) {
      throw new Problem(
          ProblemCode.LIMIT,
          "The host has " + limits.callsPerHost() + " calls to answer; try again later");
    }
  }

  private static boolean sameForCaller(Ticket one, Ticket other) {
    return one.caller() == other.caller()
        && one.callerId().isPresent()
        && one.callerId().equals(other.callerId());
  }

  private long count(Predicate<Ticket> which) {
    return open.values().stream().filter(which).count();
  }

  private void watch(Connection connection) {
    boolean first;
    synchronized (open) {
      first = watched.add(connection.id());
    }
    if (first) {
      connection.whenClosed(() -> gone(connection));
    } else if (!connection.open()) {
      gone(connection);
    }
  }

  private void gone(Connection connection) {
    List<Ticket> over;
    synchronized (open) {
      watched.remove(connection.id());
      over = take(ticket -> ticket.caller() == connection || ticket.host() == connection);
    }
    for (Ticket ticket : over) {
      if (ticket.host() != connection) {
        ticket.host().send(new Cancelled(ticket.id(), "caller_gone"));
      }
      ticket
          .answer()
          .complete(
              CallResult.failed(
                  CallFailure.HOST_GONE,
                  "The connection of the host was lost during the call; the tool may have done its"
                      + " work"));
    }
  }

  /// The call that a host speaks of, if it is the one that was asked.
  ///
  /// @throws Problem `not_found`
  Ticket asked(String id, Connection host) {
    synchronized (open) {
      Ticket ticket = open.get(id);
      if (ticket == null || ticket.host() != host) {
        throw unknown();
      }
      return ticket;
    }
  }

  /// Ends a call by its host's answer.
  ///
  /// @throws Problem `not_found` if it ended meanwhile
  void answer(Ticket ticket, CallResult result) {
    if (!remove(ticket)) {
      throw unknown();
    }
    ticket.answer().complete(result);
  }

  /// Gives a call time again.
  void extend(Ticket ticket) {
    synchronized (open) {
      deadlines.computeIfPresent(
          ticket,
          (known, before) ->
              ServiceRules.deadline(known.begun(), steady.instant(), known.patience(), limits));
    }
  }

  /// Ends a call that its caller takes back. One that is over stays so.
  void cancel(String callerId, Connection caller) {
    List<Ticket> over;
    synchronized (open) {
      over =
          take(ticket ->
              ticket.caller() == caller && ticket.callerId().filter(callerId::equals).isPresent());
    }
    end(over, CallFailure.CANCELLED, ticket -> "The call was cancelled");
  }

  /// Ends what nobody answered in time.
  ///
  /// @return how many ended
  int sweep() {
    Instant now = steady.instant();
    List<Ticket> over;
    synchronized (open) {
      over = take(ticket -> !deadlines.get(ticket).isAfter(now));
    }
    end(over, CallFailure.TIMEOUT, ticket -> ServiceRules.timedOut(ticket.patience()));
    return over.size();
  }

  /// Ends all calls and takes no more.
  void close() {
    List<Ticket> over;
    synchronized (open) {
      closed = true;
      over = take(ticket -> true);
    }
    end(
        over,
        CallFailure.HOST_GONE,
        ticket -> "The broker stops; the tool may have done its work all the same");
  }

  private static void end(
      List<Ticket> over, CallFailure why, java.util.function.Function<Ticket, String> words) {
    for (Ticket ticket : over) {
      ticket.host().send(new Cancelled(ticket.id(), why.name().toLowerCase(java.util.Locale.ROOT)));
      ticket.answer().complete(CallResult.failed(why, words.apply(ticket)));
    }
  }

  private List<Ticket> take(Predicate<Ticket> which) {
    List<Ticket> taken = new ArrayList<>(open.values().stream().filter(which).toList());
    taken.forEach(this::remove);
    return taken;
  }

  private boolean remove(Ticket ticket) {
    synchronized (open) {
      deadlines.remove(ticket);
      return open.remove(ticket.id()) != null;
    }
  }

  private static Problem unknown() {
    return new Problem(
        ProblemCode.NOT_FOUND, "No call of this id waits for you; it may be over already");
  }
}
