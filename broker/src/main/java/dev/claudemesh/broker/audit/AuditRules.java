package dev.claudemesh.broker.audit;

import dev.claudemesh.broker.kernel.Caller;
import dev.claudemesh.broker.kernel.Grant;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.CanonicalJson;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Field;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.messaging.MessageRequest;
import dev.claudemesh.protocol.state.StateRequest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is written down of what happened. Pure.
final class AuditRules {
  /// Characters of a payload; the largest fields are left out, and named in `omitted`.
  static final int MOST_PAYLOAD = 1_024;

  private static final String OMITTED = "omitted";

  private AuditRules() {}

  /// In whose mesh something was done, and by whom.
  private record Subject(String meshId, Optional<String> memberId, Optional<String> memberName) {}

  /// Messages that are counted together.
  record Sent(String meshId, String memberId, String memberName, String target, String priority) {
    static Sent of(MessageRequest.Send send, Member author) {
      return new Sent(
          author.meshId(),
          author.id(),
          author.displayName(),
          send.targetSpec(),
          Wire.mapper().valueToTree(send.priority()).asString());
    }

    /// The same without the target, where there are too many targets to remember.
    Sent toAny() {
      return new Sent(meshId, memberId, memberName, "", priority);
    }
  }

  /// The entry of an operation that was carried out; empty if it was done in no mesh.
  static Optional<Happened> operation(
      Catalog.Op op, Request<?> request, Caller caller, Reply reply, Instant now) {
    return subject(request, caller, reply)
        .map(subject ->
            new Happened(
                subject.meshId(),
                event(op.type()),
                subject.memberId(),
                subject.memberName(),
                payload(op, request, caller),
                now.truncatedTo(ChronoUnit.MILLIS)));
  }

  /// The names of the first protocol where it had some.
  private static String event(String type) {
    return type.equals("set_state") ? "state_set" : type;
  }

  private static Optional<Subject> subject(Request<?> request, Caller caller, Reply reply) {
    if (caller.member().isPresent()) {
      return caller.member().map(AuditRules::subject);
    }
    return switch (reply) {
      case MeshReply.Created made ->
          Optional.of(new Subject(made.id(), Optional.of(made.memberId()), Optional.empty()));
      case InviteReply.Claimed claimed ->
          Optional.of(
              new Subject(
                  claimed.meshId(), Optional.of(claimed.memberId()), claimed.displayName()));
      case InviteReply.Joined joined when request instanceof InviteRequest.Join join ->
          Optional.of(
              new Subject(
                  join.invitePayload().meshId(),
                  Optional.of(joined.memberId()),
                  Optional.of(join.displayName())));
      case Reply other -> Optional.empty();
    };
  }

  private static Subject subject(Member member) {
    return new Subject(
        member.meshId(), Optional.of(member.id()), Optional.of(member.displayName()));
  }

  /// The fields of a request that are neither secrets nor bodies, as canonical JSON.
  static String payload(Catalog.Op op, Request<?> request, Caller caller) {
    ObjectNode all = (ObjectNode) Wire.mapper().valueToTree(request);
    ObjectNode kept = Wire.mapper().createObjectNode();
    for (Field field : Field.of(op.record())) {
      JsonNode value = all.get(field.name());
      if (value != null && !value.isNull() && field.audited()) {
        kept.set(field.name(), value);
      }
    }
    if (request instanceof StateRequest.Set set && !isForAll(set, caller)) {
      kept.remove("value");
    }
    return CanonicalJson.of(shortened(kept));
  }

  /// Everybody may read the audit: what its author keeps from somebody is not told there.
  private static boolean isForAll(StateRequest.Set set, Caller caller) {
    return set.epoch().isEmpty()
        && caller
            .member()
            .filter(member -> member.grants().anyoneLacks(Grant.STATE_READ))
            .isEmpty();
  }

  private static ObjectNode shortened(ObjectNode payload) {
    ArrayNode omitted = Wire.mapper().createArrayNode();
    while (CanonicalJson.of(payload).length() > MOST_PAYLOAD) {
      String longest =
          payload.properties().stream()
              .filter(entry -> !entry.getKey().equals(OMITTED))
              .max(Comparator.comparingInt(entry -> CanonicalJson.of(entry.getValue()).length()))
              .map(Map.Entry::getKey)
              .orElseThrow();
      payload.remove(longest);
      payload.set(OMITTED, omitted.add(longest));
    }
    return payload;
  }

  /// The entry of messages that were accepted.
  static Happened sent(Sent sent, long count, Instant now) {
    ObjectNode payload = Wire.mapper().createObjectNode();
    if (!sent.target().isEmpty()) {
      payload.put("targetSpec", sent.target());
    }
    payload.put("priority", sent.priority());
    if (count > 1) {
      payload.put("count", count);
    }
    return new Happened(
        sent.meshId(),
        "message_sent",
        Optional.of(sent.memberId()),
        Optional.of(sent.memberName()),
        CanonicalJson.of(payload),
        now.truncatedTo(ChronoUnit.MILLIS));
  }

  /// The entry of a peer that came.
  ///
  /// @param restored whether it took up what its member's last session left
  static Happened joined(Peer peer, boolean restored, Instant now) {
    ObjectNode payload = Wire.mapper().createObjectNode();
    payload.put("pubkey", peer.address().hex());
    payload.set("groups", Wire.mapper().valueToTree(peer.state().groups()));
    payload.put("restored", restored);
    return peer(peer, "peer_joined", shortened(payload), now);
  }

  /// The entry of a peer that went.
  static Happened left(Peer peer, Instant now) {
    return peer(peer, "peer_left", Wire.mapper().createObjectNode(), now);
  }

  private static Happened peer(Peer peer, String event, ObjectNode payload, Instant now) {
    Subject subject = subject(peer.member());
    return new Happened(
        subject.meshId(),
        event,
        subject.memberId(),
        subject.memberName(),
        CanonicalJson.of(payload),
        now.truncatedTo(ChronoUnit.MILLIS));
  }
}
