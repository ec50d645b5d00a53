package dev.claudemesh.broker.messaging;

import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/// A message as the broker keeps it: who sent it to whom, and a body it cannot read.
record Letter(
    String id,
    String meshId,
    Sender sender,
    String targetSpec,
    Kind kind,
    Priority priority,
    Body body,
    Optional<String> clientMessageId,
    Optional<String> requestFingerprint,
    Optional<String> replyToId,
    int hops,
    boolean notifySender,
    Optional<String> subtype,
    Instant createdAt,
    Instant expiresAt) {

  /// Who sent it.
  ///
  /// @param address session key, else member key
  record Sender(String memberId, String memberKey, String address, String name) {
    static Sender of(Peer author) {
      return new Sender(
          author.member().id(),
          author.member().key().hex(),
          author.address().hex(),
          author.displayName());
    }

    /// A member who need not be here.
    static Sender of(Member member, PublicKey address) {
      return new Sender(member.id(), member.key().hex(), address.hex(), member.displayName());
    }
  }

  /// What was sent: opaque, and never printed.
  record Body(Optional<Encryption> enc, Optional<Integer> epoch, String nonce, String ciphertext) {
    @Override
    public String toString() {
      return "Body[" + ciphertext.length() + " characters]";
    }
  }

  /// A message that was just accepted.
  ///
  /// @param subtype what it is other than an ordinary message
  /// @param ttl how long it may wait for a recipient
  static Letter of(
      Send send,
      String meshId,
      Sender sender,
      Target target,
      Optional<String> subtype,
      Instant now,
      Duration ttl) {
    Instant accepted = now.truncatedTo(ChronoUnit.MILLIS);
    return new Letter(
        Ids.at(accepted),
        meshId,
        sender,
        target.spec(),
        target.kind(),
        send.priority(),
        new Body(send.enc(), send.epoch(), send.nonce(), send.ciphertext()),
        send.clientMessageId(),
        send.requestFingerprint(),
        send.replyToId(),
        send.hops().orElse(0),
        send.notifySender().orElse(false),
        subtype,
        accepted,
        accepted.plus(ttl));
  }

  /// Place in the order of hand-out: 0 is handed out first.
  int rank() {
    return priority.ordinal();
  }

  /// The encoded push for all recipients of a message that was just accepted.
  byte[] frame() {
    return frame(targetSpec);
  }

  /// The encoded push for one recipient. A copy for many names no key, so that it is encoded once
  /// for all of them.
  byte[] frame(String recipientKey) {
    return Wire.encode(push(recipientKey), Optional.empty());
  }

  private Push push(String recipientKey) {
    return new Push(
        id,
        meshId,
        sender.address(),
        priority,
        body.nonce(),
        body.ciphertext(),
        createdAt,
        subtype,
        Optional.empty(),
        Optional.empty(),
        Optional.of(sender.memberKey()),
        Optional.of(sender.memberId()),
        Optional.of(sender.name()),
        body.enc(),
        body.epoch(),
        Optional.of(targetSpec),
        kind.toMany() ? Optional.empty() : Optional.of(recipientKey),
        replyToId,
        hops == 0 ? Optional.empty() : Optional.of(hops),
        clientMessageId,
        requestFingerprint);
  }
}
