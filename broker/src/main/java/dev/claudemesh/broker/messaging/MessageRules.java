package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.GroupRole;
import dev.claudemesh.protocol.groups.GroupPath;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.Status;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Who gets a message, who may send it, and when it may be handed out. Pure.
final class MessageRules {
  private static final int NONCE_BYTES = 24;

  private MessageRules() {}

  /// A session on the mesh now: connected, or within the grace.
  record Seat(
      String presenceId,
      String address,
      String memberId,
      List<GroupRole> groups,
      boolean visible) {}

  /// Who sends.
  ///
  /// @param presenceId the session that does; empty if none does, but the broker for the member
  record Author(String presenceId, String memberId, String memberKey) {}

  /// Whether a peer may be disturbed by a message now.
  static boolean open(Priority priority, Status status) {
    return priority == Priority.NOW || status == Status.IDLE;
  }

  /// Why a message waits at a closed gate.
  static String held(Status status) {
    return status == Status.DND ? "dnd" : "busy";
  }

  /// Resolves a key: to a session on the mesh or known from before, or to a member.
  ///
  /// @param session the session that is at this address now
  /// @param earlier asked only if nobody has that key now: the member of a session that was here
  ///   before
  static Optional<Recipient> recipient(
      String key, Optional<Seat> session, Roster roster, Supplier<Optional<String>> earlier) {
    return session
        .map(seat -> new Recipient(key, seat.memberId()))
        .or(() -> roster.withKey(key).map(member -> new Recipient(key, member.id())))
        .or(() ->
            earlier
                .get()
                .filter(memberId -> roster.member(memberId).isPresent())
                .map(memberId -> new Recipient(key, memberId)));
  }

  /// Resolves a group or everyone: every session in scope but the sender's own, and each member who
  /// has no session here but whose stored groups are in scope. Whoever hides is not reached by what
  /// is meant for many.
  static List<Recipient> recipients(
      Target target, Author author, Collection<Seat> seats, Roster roster) {
    List<Recipient> recipients = new ArrayList<>();
    for (Seat seat : seats) {
      boolean own = seat.presenceId().equals(author.presenceId());
      if (!own && seat.visible() && inScope(target, seat.groups())) {
        recipients.add(new Recipient(seat.address(), seat.memberId()));
      }
    }
    Set<String> here =
        seats.stream().map(Seat::memberId).collect(java.util.stream.Collectors.toSet());
    for (Roster.Entry member : roster.members().values()) {
      boolean absent = !here.contains(member.id()) && !member.id().equals(author.memberId());
      if (absent && member.visible() && inScope(target, member.groups())) {
        recipients.add(new Recipient(member.key(), member.id()));
      }
    }
    return recipients;
  }

  private static boolean inScope(Target target, List<GroupRole> groups) {
    return switch (target) {
      case Target.Everyone everyone -> true;
      case Target.Group(GroupPath path) ->
          groups.stream().anyMatch(group -> path.contains(group.name()));
      case Target.Key key -> false;
      case Target.Unknown unknown -> false;
    };
  }

  /// Whether a recipient lets a sender do something. One's own sessions may always write to each
  /// other.
  static boolean accepts(Roster roster, String recipientMemberId, Author author, Grant capability) {
    return recipientMemberId.equals(author.memberId())
        || roster
            .member(recipientMemberId)
            .filter(member -> member.grants().allow(author.memberKey(), capability))
            .isPresent();
  }

  /// What can be said about a send before anybody is looked up.
  static void checkForm(Send send, int maxHops) {
    if (send.hops().orElse(0) > maxHops) {
      throw new Problem(
          ProblemCode.LOOP_SUSPECTED,
          "This would be answer number "
              + send.hops().orElse(0)
              + " in one chain of agent messages (limit "
              + maxHops
              + "). Stop answering; a message typed by a person starts a new chain");
    }
    if (!base64(send.ciphertext())) {
      throw invalid("ciphertext", "must be base64");
    }
    if (!base64(send.nonce())) {
      throw invalid("nonce", "must be base64");
    }
    send.id().ifPresent(id -> printable("id", id));
    send.clientMessageId().ifPresent(id -> printable("client_message_id", id));
    send.requestFingerprint().ifPresent(id -> printable("request_fingerprint", id));
    send.replyToId().ifPresent(id -> printable("replyToId", id));
    printable("targetSpec", send.targetSpec());
  }

  /// Whether a body is encrypted as its target needs. Direct bodies of old clients say nothing, but
  /// are boxes and have a nonce.
  static void checkSecrecy(Send send, Kind kind, boolean compat, int epoch) {
    Optional<Encryption> enc = send.enc();
    if (enc.filter(Encryption.GROUP::equals).isPresent()) {
      if (!kind.toMany()) {
        throw invalid(
            "enc",
            "must be box for one receiver: every member could read a body under the mesh key");
      }
      checkEpoch(
          send.epoch().orElseThrow(() -> invalid("epoch", "is required with enc group")), epoch);
    } else if (kind.toMany() && enc.isPresent()) {
      throw invalid("enc", "must be group for many receivers");
    } else if (kind.toMany() && !compat) {
      throw new Problem(
          ProblemCode.ENCRYPTION_REQUIRED,
          "This mesh takes group messages only encrypted under the mesh key (enc \"group\"). Use a"
              + " client that can, or let an admin set the mesh's encryption to compat");
    }
    if ((enc.isPresent() || (!kind.toMany() && !compat)) && !nonce(send.nonce())) {
      throw new Problem(
          ProblemCode.ENCRYPTION_REQUIRED,
          "An encrypted body has a nonce of " + NONCE_BYTES + " bytes, base64");
    }
  }

  private static void checkEpoch(int named, int current) {
    if (named != current) {
      ObjectNode details = Wire.mapper().createObjectNode().put("epoch", current);
      throw new Problem(
          ProblemCode.STALE_EPOCH,
          "The body is encrypted under epoch "
              + named
              + " of the mesh key, but the mesh is at epoch "
              + current
              + ". Encrypt it again under that key",
          details);
    }
  }

  /// Nobody is in the group, or nobody else is on the mesh.
  static Problem nobody(Target target, Roster roster, Collection<Seat> seats) {
    return switch (target) {
      case Target.Group(GroupPath path) -> {
        List<String> groups =
            java.util.stream.Stream.concat(
                    seats.stream().flatMap(seat -> seat.groups().stream()),
                    roster.members().values().stream().flatMap(member -> member.groups().stream()))
                .map(group -> "@" + group.name())
                .distinct()
                .toList();
        yield withMatches(
            ProblemCode.NO_RECIPIENTS,
            "Nobody else is in " + path,
            CloseMatches.of(path.toString(), groups));
      }
      case Target.Everyone everyone ->
          new Problem(
              ProblemCode.NO_RECIPIENTS, "Nobody else is on this mesh yet. Invite somebody first");
      case Target.Key(var key) -> unknown(key.hex(), List.of());
      case Target.Unknown(String text) -> unknown(text, List.of());
    };
  }

  /// A target that names no session, member or group.
  ///
  /// @param known names and keys that could have been meant
  static Problem unknown(String spec, Collection<String> known) {
    return withMatches(
        ProblemCode.UNKNOWN_TARGET,
        "No session, member or group of this mesh is \"" + abbreviated(spec) + "\"",
        CloseMatches.of(spec, known));
  }

  private static Problem withMatches(ProblemCode code, String message, List<String> matches) {
    if (matches.isEmpty()) {
      return new Problem(code, message + ". See who is there with list_peers");
    }
    ObjectNode details = Wire.mapper().createObjectNode();
    matches.forEach(details.putArray("matches")::add);
    return new Problem(
        code, message + "; did you mean " + String.join(", ", matches) + "?", details);
  }

  private static boolean nonce(String text) {
    try {
      return Base64.getDecoder().decode(text).length == NONCE_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean base64(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean fits =
          c >= 'a' && c <= 'z'
              || c >= 'A' && c <= 'Z'
              || c >= '0' && c <= '9'
              || c == '+'
              || c == '/'
              || c == '=';
      if (!fits) {
        return false;
      }
    }
    return true;
  }

  private static void printable(String field, String text) {
    if (text.codePoints()
        .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
      throw invalid(field, "must be printable text");
    }
  }

  private static Problem invalid(String field, String what) {
    return new Problem(ProblemCode.INVALID_REQUEST, "send: \"" + field + "\" " + what);
  }

  private static String abbreviated(String text) {
    return text.length() <= 40 ? text : text.substring(0, 37) + "...";
  }
}
