package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A broker, Alice who connects to it, and Bob who writes to her.
abstract class ClientFixture {
  static final String MESH = "mesh-of-the-test-1";
  static final Duration LONG = Duration.ofSeconds(20);
  static final ClientLimits QUICK =
      ClientLimits.SESSION.withPauses(Duration.ofMillis(10), Duration.ofMillis(40));

  final ScriptedBroker broker = new ScriptedBroker();
  final RecordingListener told = new RecordingListener();
  final SecretKey alice = Keys.generate();
  final SecretKey aliceSession = Keys.generate();
  final SecretKey bob = Keys.generate();
  private final List<MeshClient> clients = new ArrayList<>();

  @BeforeEach
  void alice_and_bob_are_members() {
    broker.members(
        ScriptedBroker.member("alice", alice.publicKey(), "member"),
        ScriptedBroker.member("bob", bob.publicKey(), "member"));
  }

  @AfterEach
  void close_everything() {
    clients.forEach(client -> client.close(Duration.ZERO));
    broker.close();
  }

  Identity identity() {
    return new Identity(broker.url(), MESH, "member-alice", alice, Optional.of(aliceSession));
  }

  MeshClient.Builder builder() {
    return MeshClient.builder(identity(), HelloDetails.ofThisProcess(Purpose.SESSION))
        .listener(told)
        .limits(QUICK);
  }

  MeshClient start(MeshClient.Builder builder) {
    MeshClient client = builder.start();
    clients.add(client);
    return client;
  }

  /// Connected, with the broker's end of the connection.
  ScriptedConnection open(MeshClient client) {
    ScriptedConnection connection = broker.greeted();
    client.ready(LONG);
    return connection;
  }

  static Problem problemOf(CompletableFuture<?> future) {
    try {
      future.orTimeout(20, java.util.concurrent.TimeUnit.SECONDS).join();
      throw new AssertionError("It should have failed");
    } catch (CompletionException e) {
      if (e.getCause() instanceof Problem problem) {
        return problem;
      }
      throw e;
    }
  }

  static Push push(
      String id, String sender, Boxed body, Optional<Encryption> enc, Optional<Integer> epoch) {
    return new Push(
        id,
        MESH,
        sender,
        Priority.NEXT,
        body.nonce(),
        body.ciphertext(),
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.of(sender),
        Optional.of("member-bob"),
        Optional.of("Bob"),
        enc,
        epoch,
        Optional.of(epoch.isPresent() ? "@all-of-us" : "direct"),
        Optional.empty(),
        Optional.empty(),
        Optional.of(3),
        Optional.empty(),
        Optional.empty());
  }

  /// A message of Bob's to one key of Alice's.
  Push toAlice(String id, String text, PublicKey key) {
    return push(
        id,
        bob.publicKey().hex(),
        Keys.box(text, key, bob),
        Optional.of(Encryption.BOX),
        Optional.empty());
  }

  Push toGroup(String id, String text, MeshKey key) {
    return push(
        id,
        bob.publicKey().hex(),
        Keys.secretBox(text, key),
        Optional.of(Encryption.GROUP),
        Optional.of(key.epoch()));
  }

  static EpochKey sealed(MeshKey key, PublicKey to, SecretKey by) {
    String sealed = key.sealTo(to);
    return new EpochKey(
        key.epoch(),
        sealed,
        by.publicKey().hex(),
        Keys.sign(by, Canonical.seal(MESH, key.epoch(), to.hex(), sealed)));
  }
}
