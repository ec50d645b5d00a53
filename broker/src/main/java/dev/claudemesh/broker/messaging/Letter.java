package dev.claudemesh.broker.messaging;

import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Instant;
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
  record Sender(String memberId, String memberKey, String address, String name) {}

  /// What was sent: opaque, and never printed.
  record Body(Optional<Encryption> enc, Optional<Integer> epoch, String nonce, String ciphertext) {
    @Override
    public String toString() {
      return "Body[" + ciphertext.length() + " characters]";
    }
  }

  /// Place in the order of hand-out: 0 is handed out first.
  int rank() {
    return priority.ordinal();
  }

  /// The frame that brings it to a recipient. A copy for many names no key, so that it is encoded
  /// once for all of them.
  Push push(String recipientKey) {
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
