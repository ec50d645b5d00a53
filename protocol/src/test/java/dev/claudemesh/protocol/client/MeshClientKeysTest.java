package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.meshes.EpochKey;
import dev.claudemesh.protocol.meshes.KeyRequest;
import dev.claudemesh.protocol.meshes.MeshEvent;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class MeshClientKeysTest extends ClientFixture {
  private static final KeyPolicy EVERYBODY = (meshId, request, members) -> Optional.empty();

  private final MeshKey key = MeshKey.generate(1);
  private final SecretKey carol = Keys.generate();

  private void withMembers(String alicesPermission) {
    broker.members(
        ScriptedBroker.member("alice", alice.publicKey(), alicesPermission),
        ScriptedBroker.member("carol", carol.publicKey(), "member"));
  }

  private KeyRequest carolsRequest() {
    return new KeyRequest("member-carol", carol.publicKey().hex(), "Carol", 1, Optional.empty());
  }

  private MeshKey opened(JsonNode sealed, int epoch) {
    String text = sealed.get("sealedKey").stringValue();
    String signed = Canonical.seal(MESH, epoch, carol.publicKey().hex(), text);
    assertThat(Keys.verify(alice.publicKey(), signed, sealed.get("signature").stringValue()))
        .isTrue();
    return MeshKey.openSealed(epoch, text, carol).orElseThrow();
  }

  @Test
  void a_newcomer_found_in_the_hello_ack_is_handed_the_key() {
    withMembers("member");
    broker.greeting(ScriptedBroker.hello(1, List.of(), List.of(carolsRequest())));

    start(builder().keyring(Keyring.inMemory(key)).keyPolicy(EVERYBODY));

    ObjectNode seal = broker.greeted().next("seal_key");
    assertThat(seal.get("memberPubkey").stringValue()).isEqualTo(carol.publicKey().hex());
    assertThat(opened(seal, 1)).isEqualTo(key);
  }

  @Test
  void a_newcomer_who_asks_later_is_handed_the_key() {
    withMembers("member");
    MeshClient client = start(builder().keyring(Keyring.inMemory(key)).keyPolicy(EVERYBODY));
    ScriptedConnection connection = open(client);

    connection.send(new MeshEvent.KeyRequested(MESH, carolsRequest()));

    assertThat(opened(connection.next("seal_key"), 1)).isEqualTo(key);
  }

  @Test
  void a_one_shot_client_hands_the_key_over_before_it_closes() {
    withMembers("member");
    broker.greeting(ScriptedBroker.hello(1, List.of(), List.of(carolsRequest())));
    MeshClient client =
        start(
            builder()
                .keyring(Keyring.inMemory(key))
                .keyPolicy(EVERYBODY)
                .limits(ClientLimits.ONE_SHOT));
    ScriptedConnection connection = broker.greeted();
    client.ready(LONG);

    client.close();

    assertThat(opened(connection.next("seal_key"), 1)).isEqualTo(key);
  }

  @Test
  void who_gets_the_key_in_the_hello_ack_hands_it_to_the_newcomer_in_the_same_ack() {
    broker.members(
        ScriptedBroker.member("alice", alice.publicKey(), "member"),
        ScriptedBroker.member("bob", bob.publicKey(), "member"),
        ScriptedBroker.member("carol", carol.publicKey(), "member"));
    broker.greeting(
        ScriptedBroker.hello(
            1, List.of(sealed(key, alice.publicKey(), bob)), List.of(carolsRequest())));
    MeshClient client = start(builder().keyring(Keyring.inMemory()).keyPolicy(EVERYBODY));
    ScriptedConnection connection = broker.greeted();
    client.ready(LONG);

    client.close();

    assertThat(opened(connection.next("seal_key"), 1)).isEqualTo(key);
  }

  @Test
  void a_newcomer_without_good_proofs_is_not_handed_the_key() {
    withMembers("member");
    MeshClient client =
        start(
            builder()
                .keyring(Keyring.inMemory(key))
                .keyPolicy((meshId, request, members) -> Optional.of("no invite was shown")));
    ScriptedConnection connection = open(client);

    connection.send(new MeshEvent.KeyRequested(MESH, carolsRequest()));

    assertThat(told.next("warned", Problem.class))
        .hasMessageContaining("Carol")
        .hasMessageContaining("no invite was shown");
    assertThat(connection.count("seal_key")).isZero();
  }

  @Test
  void who_lacks_the_key_hands_none_out() {
    withMembers("member");
    MeshClient client = start(builder().keyPolicy(EVERYBODY));
    ScriptedConnection connection = open(client);
    connection.send(new MeshEvent.KeyRequested(MESH, carolsRequest()));
    client.close();
    assertThat(connection.count("list_members")).isZero();
    assertThat(connection.count("seal_key")).isZero();
  }

  @Test
  void a_key_that_its_sealer_did_not_sign_is_not_taken() {
    Keyring keyring = Keyring.inMemory();
    MeshClient client = start(builder().keyring(keyring));
    ScriptedConnection connection = open(client);
    EpochKey good = sealed(key, alice.publicKey(), bob);
    EpochKey forged =
        new EpochKey(
            1, MeshKey.generate(1).sealTo(alice.publicKey()), good.sealedBy(), good.signature());
    EpochKey forSomebodyElse = sealed(key, carol.publicKey(), bob);

    connection.send(new MeshEvent.KeySealed(MESH, forged));
    assertThat(told.next("warned", Problem.class).code()).isEqualTo(ProblemCode.BAD_SIGNATURE);
    connection.send(new MeshEvent.KeySealed(MESH, forSomebodyElse));
    assertThat(told.next("warned", Problem.class).code()).isEqualTo(ProblemCode.BAD_SIGNATURE);
    assertThat(keyring.epochs()).isEmpty();

    connection.send(new MeshEvent.KeySealed(MESH, good));
    told.next("keyArrived", Integer.class);
    assertThat(keyring.current()).contains(key);
  }

  @Test
  void a_key_that_was_sealed_by_no_member_is_not_taken() {
    Keyring keyring = Keyring.inMemory();
    MeshClient client = start(builder().keyring(keyring));
    open(client).send(new MeshEvent.KeySealed(MESH, sealed(key, alice.publicKey(), carol)));
    assertThat(told.next("warned", Problem.class)).hasMessageContaining("no member");
    assertThat(keyring.epochs()).isEmpty();
  }

  @Test
  void who_is_ready_has_the_keys_that_came_with_the_hello_ack() {
    for (int round = 0; round < 20; round++) {
      broker.greeting(
          ScriptedBroker.hello(1, List.of(sealed(key, alice.publicKey(), bob)), List.of()));
      try (MeshClient client = builder().keyring(Keyring.inMemory()).start()) {
        client.ready(LONG);
        client.send(Outgoing.of("*", "at once"));
      }
    }
  }

  @Test
  void a_key_we_hold_is_never_replaced() {
    Keyring keyring = Keyring.inMemory(key);
    MeshClient client = start(builder().keyring(keyring));
    ScriptedConnection connection = open(client);
    connection.send(
        new MeshEvent.KeySealed(MESH, sealed(MeshKey.generate(1), alice.publicKey(), bob)));
    connection.send(
        new MeshEvent.KeySealed(MESH, sealed(MeshKey.generate(2), alice.publicKey(), bob)));
    told.next("keyArrived", Integer.class);
    assertThat(keyring.get(1)).contains(key);
    assertThat(keyring.epochs()).containsExactly(1, 2);
  }

  @Test
  void an_admin_starts_a_new_epoch_when_a_member_was_removed() {
    withMembers("admin");
    Keyring keyring = Keyring.inMemory(key);
    MeshClient client = start(builder().keyring(keyring));
    ScriptedConnection connection = open(client);

    connection.send(new MeshEvent.RotationNeeded(MESH, 1));

    ObjectNode rotation = connection.next("rotate_key");
    assertThat(rotation.get("epoch").intValue()).isEqualTo(2);
    assertThat(
            rotation.get("keys").valueStream().map(each -> each.get("memberPubkey").stringValue()))
        .containsExactly(alice.publicKey().hex(), carol.publicKey().hex());
    assertThat(told.next("keyArrived", Integer.class)).isEqualTo(2);
    assertThat(opened(rotation.get("keys").get(1), 2)).isEqualTo(keyring.get(2).orElseThrow());
    client.send(Outgoing.of("*", "under the new key"));
    assertThat(connection.next("send").get("epoch").intValue()).isEqualTo(2);
  }

  @Test
  void an_admin_who_lost_the_race_takes_the_winners_key() {
    MeshKey winners = MeshKey.generate(2);
    broker.members(
        ScriptedBroker.member("alice", alice.publicKey(), "admin"),
        ScriptedBroker.member("bob", bob.publicKey(), "member"));
    broker.answering((connection, frame) ->
        switch (frame.get("type").stringValue()) {
          case "rotate_key" -> {
            connection.reply(new Problem(ProblemCode.STALE_EPOCH, "too late").toReply(), frame);
            connection.send(new MeshEvent.KeySealed(MESH, sealed(winners, alice.publicKey(), bob)));
            yield true;
          }
          case String other -> false;
        });
    Keyring keyring = Keyring.inMemory(key);
    MeshClient client = start(builder().keyring(keyring));
    open(client).send(new MeshEvent.RotationNeeded(MESH, 1));

    assertThat(told.next("keyArrived", Integer.class)).isEqualTo(2);
    assertThat(keyring.get(2)).contains(winners);
    assertThat(told.count("warned")).isZero();
  }

  @Test
  void who_is_no_admin_leaves_the_new_epoch_to_admins() {
    withMembers("member");
    MeshClient client = start(builder().keyring(Keyring.inMemory(key)));
    ScriptedConnection connection = open(client);
    connection.send(new MeshEvent.RotationNeeded(MESH, 1));
    connection.next("list_members");
    client.close();
    assertThat(connection.count("rotate_key")).isZero();
  }

  @Test
  void a_session_that_died_with_unread_and_unsent_messages_goes_on_where_it_was(
      @TempDir java.nio.file.Path folder) {
    Inbox inbox = JournalInbox.open(folder.resolve("inbox"));
    Outbox outbox = JournalOutbox.open(folder.resolve("outbox"));
    MeshClient first = start(builder().inbox(inbox).outbox(outbox));
    open(first).send(toAlice("m1", "unread", aliceSession.publicKey()));
    told.message();
    broker.kill();
    told.next("disconnected", Problem.class);
    first.send(Outgoing.of(bob.publicKey().hex(), "unsent"));
    first.close(java.time.Duration.ZERO);
    inbox.close();
    outbox.close();
    broker.restart();

    try (Inbox again = JournalInbox.open(folder.resolve("inbox"));
        Outbox still = JournalOutbox.open(folder.resolve("outbox"))) {
      start(builder().inbox(again).outbox(still));
      assertThat(told.message().text()).isEqualTo("unread");
      told.next("connected", HelloAck.class);
      ObjectNode send = broker.greeted().next("send");
      assertThat(
              Keys.openBox(
                  send.get("nonce").stringValue(),
                  send.get("ciphertext").stringValue(),
                  aliceSession.publicKey(),
                  bob))
          .contains("unsent");
      close_everything();
    }
  }
}
