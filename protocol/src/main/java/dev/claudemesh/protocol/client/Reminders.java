package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.schedule.ScheduleReply.Entry;
import dev.claudemesh.protocol.schedule.ScheduleReply.Listed;
import dev.claudemesh.protocol.schedule.ScheduleRequest.Schedule;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/// Encrypts messages that are to be sent later before they leave, and opens the own ones in lists.
/// Thread-safe.
///
/// The member's key encrypts them, not the session's: that one may be gone when they are sent, and
/// an answer must find somebody.
///
/// @param facts of the mesh, as they are now
record Reminders(BodyCipher cipher, Supplier<MeshFacts> facts) {
  /// What fits into a body once it is encrypted and base64.
  private static final int MOST_BYTES = 18_000;

  static Reminders of(Identity identity, Keyring keyring, Supplier<MeshFacts> facts) {
    Identity member =
        new Identity(
            identity.brokerUrl(),
            identity.meshId(),
            identity.memberId(),
            identity.member(),
            Optional.empty());
    return new Reminders(new BodyCipher(member, keyring), facts);
  }

  /// @throws Problem `key_pending` if it is for many and the mesh key has not come, `too_large`
  Schedule seal(Schedule clear) {
    if (clear.message().getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
      throw new Problem(
          ProblemCode.TOO_LARGE,
          "A message that is sent later has at most "
              + MOST_BYTES
              + " bytes; say where the rest is");
    }
    BodyCipher.Sealed sealed = cipher.seal(clear.to(), clear.message(), facts.get());
    Identity member = cipher.identity();
    Boxed ownCopy = Keys.box(clear.message(), member.memberKey(), member.member());
    return new Schedule(
        clear.to(),
        "",
        clear.deliverAt(),
        clear.subtype(),
        clear.cron(),
        clear.recurring(),
        clear.timezone(),
        clear.priority(),
        sealed.encryption(),
        sealed.epoch(),
        Optional.of(sealed.boxed().nonce()),
        Optional.of(sealed.boxed().ciphertext()),
        Optional.of(member.memberKey().hex()),
        Optional.of(ownCopy.joined()),
        clear.clientMessageId());
  }

  /// What stays closed keeps its `ownCopy`.
  Listed open(Listed list) {
    return new Listed(list.messages().stream().map(this::opened).toList(), list.next());
  }

  private Entry opened(Entry entry) {
    Identity member = cipher.identity();
    return entry
        .ownCopy()
        .flatMap(Boxed::parted)
        .flatMap(copy ->
            Keys.openBox(copy.nonce(), copy.ciphertext(), member.memberKey(), member.member()))
        .map(entry::opened)
        .orElse(entry);
  }
}
