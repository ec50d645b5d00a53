package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.client.IncomingMessage.Opened;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Stream;

/// Encrypts bodies for a target and opens those that come. Thread-safe.
///
/// @param keyring the mesh's keys
record BodyCipher(Identity identity, Keyring keyring) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 24;

  /// An encrypted body, with what the frame says about it.
  record Sealed(Boxed boxed, Optional<Encryption> encryption, Optional<Integer> epoch) {}

  /// What became of a body that came.
  sealed interface Result {
    /// It opened.
    record Text(Opened opened) implements Result {}

    /// It waits for the key of an epoch.
    record KeyMissing(int epoch) implements Result {}

    /// No key of ours opens it.
    record Failed() implements Result {}
  }

  /// Encrypts a text for a key, a `@group` or `*`.
  ///
  /// @throws Problem `key_pending` if it is for many and the key of the current epoch has not come
  Sealed seal(String target, String text, MeshFacts mesh) {
    if (PublicKey.isKey(target)) {
      Boxed boxed =
          Keys.box(text, new PublicKey(target), identity.session().orElse(identity.member()));
      return new Sealed(boxed, Optional.of(Encryption.BOX), Optional.empty());
    }
    Optional<MeshKey> key = mesh.epoch() == 0 ? keyring.current() : keyring.get(mesh.epoch());
    if (key.isPresent()) {
      return new Sealed(
          Keys.secretBox(text, key.get()),
          Optional.of(Encryption.GROUP),
          Optional.of(key.get().epoch()));
    }
    if (mesh.compat()) {
      return new Sealed(clear(text), Optional.empty(), Optional.empty());
    }
    throw new Problem(
        ProblemCode.KEY_PENDING,
        "The mesh's key has not come yet, so nothing can be sent to a group or to everyone. A"
            + " member who holds it must be online for a moment; it is handed over by itself."
            + " Messages to one peer go through meanwhile.");
  }

  /// As clients do that never learned to encrypt for many.
  private static Boxed clear(String text) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    Base64.Encoder base64 = Base64.getEncoder();
    return new Boxed(
        base64.encodeToString(nonce), base64.encodeToString(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// Encrypts again what was encrypted under an epoch that ended before it was accepted; empty if a
  /// key is missing.
  Optional<Sealed> reseal(String nonce, String ciphertext, int oldEpoch, MeshFacts mesh) {
    return keyring
        .get(mesh.epoch())
        .filter(newer -> newer.epoch() > oldEpoch)
        .flatMap(newer ->
            keyring
                .get(oldEpoch)
                .flatMap(old -> Keys.openSecretBox(nonce, ciphertext, old))
                .map(text ->
                    new Sealed(
                        Keys.secretBox(text, newer),
                        Optional.of(Encryption.GROUP),
                        Optional.of(newer.epoch()))));
  }

  /// Opens a body: what it says it is, then our session key, then our member key, and in clear only
  /// where it does not say how it was encrypted.
  Result open(Push push) {
    if (push.enc().filter(Encryption.GROUP::equals).isPresent() && push.epoch().isPresent()) {
      Optional<MeshKey> key = keyring.get(push.epoch().get());
      if (key.isEmpty()) {
        return new Result.KeyMissing(push.epoch().get());
      }
      Optional<String> text = Keys.openSecretBox(push.nonce(), push.ciphertext(), key.get());
      if (text.isPresent()) {
        return new Result.Text(new Opened(text.get(), Optional.of(Encryption.GROUP)));
      }
    }
    Optional<Opened> boxed =
        openBox(push).map(text -> new Opened(text, Optional.of(Encryption.BOX)));
    Optional<Opened> opened =
        boxed.isPresent() || push.enc().isPresent()
            ? boxed
            : inClear(push).map(text -> new Opened(text, Optional.empty()));
    return opened.<Result>map(Result.Text::new).orElseGet(Result.Failed::new);
  }

  private Optional<String> openBox(Push push) {
    if (!PublicKey.isKey(push.senderPubkey())) {
      return Optional.empty();
    }
    PublicKey sender = new PublicKey(push.senderPubkey());
    Stream<SecretKey> ours =
        Stream.concat(identity.session().stream(), Stream.of(identity.member()));
    return ours.map(key -> Keys.openBox(push.nonce(), push.ciphertext(), sender, key))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> inClear(Push push) {
    try {
      byte[] bytes = Base64.getDecoder().decode(push.ciphertext());
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
