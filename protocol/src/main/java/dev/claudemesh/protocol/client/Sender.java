package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/// Turns a text into a frame that only its readers can open. What is wrong with a message is said
/// at once, before anything is queued.
record Sender(
    BodyCipher cipher,
    Hops hops,
    RepeatGuard repeats,
    Supplier<MeshFacts> mesh,
    InstantSource clock,
    OutboxPump pump) {

  CompletableFuture<Ack> send(Outgoing message) {
    String target = wireTarget(message.target());
    if (message.text().isEmpty()) {
      throw new Problem(ProblemCode.INVALID_ARGUMENT, "A message needs a text.");
    }
    BodyCipher.Sealed sealed = cipher.seal(target, message.text(), mesh.get());
    String id = UUID.randomUUID().toString();
    Boxed boxed = sealed.boxed();
    Send frame =
        new Send(
            target,
            message.priority(),
            boxed.nonce(),
            boxed.ciphertext(),
            Optional.of(id),
            Optional.of(id),
            Optional.empty(),
            sealed.encryption(),
            sealed.epoch(),
            message.replyToId(),
            Optional.of(hops.of(message.replyToId())),
            message.notifySender() ? Optional.of(true) : Optional.empty());
    int bytes = Wire.encode(frame, Optional.of(id)).length;
    if (bytes > mesh.get().maxFrameBytes()) {
      throw OutboxPump.tooLarge(bytes, mesh.get().maxFrameBytes());
    }
    repeats.count(target, message.text(), clock.instant());
    return pump.add(new Outbox.Entry(id, cipher.identity().address().hex(), frame));
  }

  private static String wireTarget(String target) {
    if (target.equals("*") || target.equals("@all")) {
      return "*";
    }
    if (PublicKey.isKey(target) || (target.startsWith("@") && target.length() > 1)) {
      return target;
    }
    throw new Problem(
        ProblemCode.INVALID_ARGUMENT,
        "\"" + target + "\" is a name; resolve it to a key, @group or * first.");
  }

  /// Encrypts a waiting message anew, whose epoch ended before the broker took it; empty if the new
  /// key has not come.
  static Optional<Outbox.Entry> resealed(BodyCipher cipher, Outbox.Entry entry, MeshFacts mesh) {
    Send old = entry.frame();
    return old.epoch()
        .flatMap(epoch -> cipher.reseal(old.nonce(), old.ciphertext(), epoch, mesh))
        .map(sealed ->
            new Outbox.Entry(
                entry.clientMessageId(),
                entry.sender(),
                new Send(
                    old.targetSpec(),
                    old.priority(),
                    sealed.boxed().nonce(),
                    sealed.boxed().ciphertext(),
                    old.id(),
                    old.clientMessageId(),
                    old.requestFingerprint(),
                    sealed.encryption(),
                    sealed.epoch(),
                    old.replyToId(),
                    old.hops(),
                    old.notifySender())));
  }
}
