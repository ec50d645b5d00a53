package dev.claudemesh.broker.schedule;

import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.schedule.ScheduleReply.Entry;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Schedule;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// What may be scheduled, when it is due, and what becomes of it then. Pure.
final class ScheduleRules {
  static final Duration HORIZON = Duration.ofDays(5 * 366);
  static final String UTC = "UTC";

  /// How late a repeated message may be and still be worth sending. A database or broker that is
  /// away for longer has missed the run.
  static final Duration LATE = Duration.ofMinutes(2);

  /// Missed runs are counted up to here.
  static final int MOST_MISSED = 10_000;

  private ScheduleRules() {}

  /// What is done with a message that is due.
  ///
  /// @param send whether it is sent now
  /// @param missed runs that are given up
  /// @param next when it is due again; empty if it has ended
  record Turn(boolean send, int missed, Optional<Instant> next) {}

  /// Where a list goes on: behind a message, as it is ordered.
  record Place(Instant nextAt, String id) {
    static Place of(ScheduledMessage message) {
      return new Place(message.nextAt(), message.id());
    }

    /// @throws Problem `invalid` if it is not the `next` of a list
    static Place parse(String text) {
      String[] parts = text.split("_", 2);
      try {
        return new Place(Instant.ofEpochMilli(Long.parseLong(parts[0])), parts[1]);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new Problem(
            ProblemCode.INVALID, "list_scheduled: \"after\" must be the `next` of a list");
      }
    }

    @Override
    public String toString() {
      return nextAt.toEpochMilli() + "_" + id;
    }
  }

  /// What is to be sent.
  ///
  /// @throws Problem `invalid` if there is no body, or one too many
  static Send message(Schedule request) {
    boolean clear = !request.message().isEmpty();
    if (clear == request.ciphertext().isPresent()) {
      throw invalid("give either the encrypted body or, from a client that cannot, \"message\"");
    }
    return send(
        request.to(),
        request.priority().orElse(Priority.NOW),
        request.enc(),
        request.epoch(),
        clear ? "" : request.nonce().orElse(""),
        clear
            ? Base64.getEncoder().encodeToString(request.message().getBytes(StandardCharsets.UTF_8))
            : request.ciphertext().orElseThrow());
  }

  static Send send(
      String to,
      Priority priority,
      Optional<Encryption> enc,
      Optional<Integer> epoch,
      String nonce,
      String ciphertext) {
    return new Send(
        to,
        priority,
        nonce,
        ciphertext,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        enc,
        epoch,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// The same as it goes into the queue at one of its times: whoever sends it again for that time
  /// sends nothing more.
  static Send atItsTime(ScheduledMessage message) {
    Send send = message.send();
    return new Send(
        send.targetSpec(),
        send.priority(),
        send.nonce(),
        send.ciphertext(),
        Optional.empty(),
        Optional.of("scheduled:" + message.id() + ":" + message.nextAt().toEpochMilli()),
        Optional.empty(),
        send.enc(),
        send.epoch(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// The key it is sent from: the one it says it is encrypted by, else the one the caller writes
  /// from.
  ///
  /// @param address what the caller writes from now
  /// @throws Problem `invalid` if that is another's key
  static PublicKey sender(Schedule request, Member member, PublicKey address) {
    PublicKey named = request.senderPubkey().map(PublicKey::new).orElse(address);
    if (!named.equals(address) && !named.equals(member.key())) {
      throw invalid("\"senderPubkey\" must be your key as a member or this session's");
    }
    return named;
  }

  /// When it is due first.
  ///
  /// @throws Problem `invalid_cron`, `invalid_argument` or `invalid` that says what is wrong
  static Instant first(Schedule request, Instant now) {
    if (request.cron().isPresent()) {
      return Cron.parse(request.cron().get(), request.timezone().orElse(UTC)).next(now);
    }
    Instant due =
        request
            .deliverAt()
            .map(Instant::ofEpochMilli)
            .orElseThrow(() -> invalid("give \"deliverAt\" or \"cron\""));
    if (due.isAfter(now.plus(HORIZON))) {
      throw invalid("a message can be sent at most five years from now");
    }
    return due.isBefore(now) ? now.truncatedTo(ChronoUnit.MILLIS) : due;
  }

  /// What is done with a message that is due, however late it has become.
  static Turn turn(ScheduledMessage message, Instant now) {
    if (message.cron().isEmpty()) {
      return new Turn(true, 0, Optional.empty());
    }
    Cron cron = Cron.parse(message.cron().get(), message.timezone());
    boolean send = !now.isAfter(message.nextAt().plus(LATE));
    int later = cron.runs(message.nextAt(), now, MOST_MISSED);
    return new Turn(send, send ? later : later + 1, Optional.of(cron.next(now)));
  }

  /// Whether a failure says that sending again soon may help.
  static boolean passes(Problem problem) {
    return problem.code().category() == ProblemCode.Category.BUSY;
  }

  /// What a member is told of a message.
  static Entry entry(ScheduledMessage message) {
    Send send = message.send();
    return new Entry(
        message.id(),
        send.targetSpec(),
        clear(send) ? text(send.ciphertext()) : "",
        message.nextAt().toEpochMilli(),
        message.createdAt().toEpochMilli(),
        message.cron(),
        Optional.of(message.fired()),
        message.ended() ? Optional.empty() : Optional.of(message.nextAt()),
        message.cron().map(repeated -> message.timezone()),
        message.missed() == 0 ? Optional.empty() : Optional.of(message.missed()),
        message.lastFiredAt(),
        Optional.of(send.priority()),
        message.problem(),
        message.ended() ? Optional.of(true) : Optional.empty(),
        send.enc(),
        send.epoch(),
        message.ownCopy());
  }

  /// What old clients send in clear; a body that is no base64 all the same has no text.
  private static String text(String body) {
    try {
      return new String(Base64.getDecoder().decode(body), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /// As many messages as fit into one answer, at least one.
  static List<ScheduledMessage> fitting(List<ScheduledMessage> messages, int maxBytes) {
    List<ScheduledMessage> fitting = new ArrayList<>();
    int bytes = 0;
    for (ScheduledMessage message : messages) {
      bytes += size(message);
      if (bytes > maxBytes && !fitting.isEmpty()) {
        break;
      }
      fitting.add(message);
    }
    return fitting;
  }

  /// Characters of a message in a list, at most.
  static int size(ScheduledMessage message) {
    return 512
        + (clear(message.send()) ? message.send().ciphertext().length() : 0)
        + message.ownCopy().map(String::length).orElse(0);
  }

  private static boolean clear(Send send) {
    return send.enc().isEmpty() && send.nonce().isEmpty();
  }

  private static Problem invalid(String what) {
    return new Problem(ProblemCode.INVALID, "schedule: " + what);
  }
}
