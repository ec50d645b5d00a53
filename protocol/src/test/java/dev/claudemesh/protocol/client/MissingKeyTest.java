package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.meshes.MeshEvent;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Messages to many that come before the key that opens them.
class MissingKeyTest extends ClientFixture {
  private static final String EARLIER =
      """
      b2aa7943 {"known":["m0"]}
      a4388df2 {"in":{"messageId":"m1","meshId":"mesh-of-the-test-1","senderPubkey":"KEY","priority":"next","nonce":"bm9uY2U=","ciphertext":"Y2lwaGVydGV4dA==","createdAt":"1970-01-01T00:00:00.000Z","senderMemberPubkey":"KEY","senderMemberId":"member-bob","senderName":"Bob","enc":"group","epoch":3,"targetSpec":"@all-of-us","hops":3}}
      80e21182 {"in":{"messageId":"m2","meshId":"mesh-of-the-test-1","senderPubkey":"KEY","priority":"next","nonce":"bm9uY2U=","ciphertext":"Y2lwaGVydGV4dA==","createdAt":"1970-01-01T00:00:00.000Z","senderMemberPubkey":"KEY","senderMemberId":"member-bob","senderName":"Bob","enc":"group","epoch":3,"targetSpec":"@all-of-us","hops":3}}
      34c9fc22 {"shown":["m1"]}
      """;

  @TempDir Path folder;

  private final MeshKey key = MeshKey.generate(1);
  private Inbox inbox;

  @BeforeEach
  void an_inbox_that_lasts() {
    inbox = JournalInbox.open(folder.resolve("inbox"));
  }

  @AfterEach
  void close_the_inbox() {
    inbox.close();
  }

  private MeshClient.Builder waiting() {
    return builder().inbox(inbox).clock(() -> Instant.EPOCH);
  }

  private MeshEvent.KeySealed keyComes() {
    return new MeshEvent.KeySealed(MESH, sealed(key, alice.publicKey(), bob));
  }

  private static String confirmed(ScriptedConnection connection) {
    return connection.next("client_ack").get("brokerMessageId").stringValue();
  }

  @Test
  void they_are_confirmed_at_once_and_shown_in_order_when_the_key_comes() {
    MeshClient client = start(waiting());
    ScriptedConnection connection = open(client);
    connection.send(toGroup("m1", "for all", key));
    assertThat(confirmed(connection)).isEqualTo("m1");
    connection.send(toGroup("m1", "for all", key));
    assertThat(confirmed(connection)).isEqualTo("m1");
    connection.send(toGroup("m2", "for all, too", key));
    assertThat(confirmed(connection)).isEqualTo("m2");
    assertThat(told.count("message")).isZero();

    connection.send(keyComes());

    assertThat(told.message().text()).isEqualTo("for all");
    assertThat(told.message().text()).isEqualTo("for all, too");
    assertThat(told.next("keyArrived", Integer.class)).isEqualTo(1);
    connection.send(toGroup("m2", "for all, too", key));
    assertThat(confirmed(connection)).isEqualTo("m2");
    assertThat(told.count("message")).isZero();
  }

  @Test
  void more_of_them_than_the_broker_brings_at_a_time_hold_nothing_up() {
    MeshClient client = start(waiting());
    ScriptedConnection connection = open(client);
    for (int i = 0; i < 1_100; i++) {
      connection.send(toGroup("g" + i, "for all", key));
      assertThat(confirmed(connection)).isEqualTo("g" + i);
    }
    connection.send(toAlice("m", "for Alice", aliceSession.publicKey()));

    assertThat(confirmed(connection)).isEqualTo("m");
    assertThat(told.message().text()).isEqualTo("for Alice");
  }

  @Test
  void they_survive_a_killed_client_and_are_shown_by_the_next_one() throws IOException {
    MeshClient client = start(waiting());
    ScriptedConnection connection = open(client);
    connection.send(toGroup("m1", "for all", key));
    assertThat(confirmed(connection)).isEqualTo("m1");
    Path left = folder.resolve("left-by-the-dead");
    Files.copy(folder.resolve("inbox"), left);
    client.close(Duration.ZERO);

    try (Inbox next = JournalInbox.open(left)) {
      ScriptedConnection second = open(start(waiting().inbox(next)));
      second.send(toGroup("m1", "for all", key));
      assertThat(confirmed(second)).isEqualTo("m1");
      second.send(keyComes());
      assertThat(told.message().text()).isEqualTo("for all");
      assertThat(told.next("keyArrived", Integer.class)).isEqualTo(1);
      assertThat(told.count("message")).isZero();
    }
  }

  @Test
  void one_that_the_key_does_not_open_is_refused_then_and_forgotten() {
    MeshClient client = start(waiting());
    ScriptedConnection connection = open(client);
    connection.send(toGroup("m1", "for others", MeshKey.generate(1)));
    assertThat(confirmed(connection)).isEqualTo("m1");
    assertThat(connection.count("nack")).isZero();

    connection.send(keyComes());

    assertThat(connection.next("nack").get("messageId").stringValue()).isEqualTo("m1");
    assertThat(told.next("undecryptable", Undecryptable.class).id()).isEqualTo("m1");
    assertThat(told.next("keyArrived", Integer.class)).as("when all is done").isEqualTo(1);
    assertThat(inbox.unshown()).isEmpty();
    assertThat(inbox.knows("m1")).isTrue();
  }

  @Test
  void one_whose_key_does_not_come_in_a_week_is_refused() {
    Push old = toGroup("m1", "long ago", key);
    inbox.store(old);
    MeshClient client = start(waiting().clock(() -> old.createdAt().plus(Duration.ofDays(6))));
    ScriptedConnection patient = open(client);
    patient.send(toAlice("m2", "for Alice", aliceSession.publicKey()));
    assertThat(confirmed(patient)).isEqualTo("m2");
    assertThat(patient.count("nack")).isZero();
    client.close(Duration.ZERO);

    start(waiting().clock(() -> old.createdAt().plus(Duration.ofDays(8))));

    assertThat(broker.greeted().next("nack").get("messageId").stringValue()).isEqualTo("m1");
    assertThat(told.next("undecryptable", Undecryptable.class).id()).isEqualTo("m1");
  }

  @Test
  void an_inbox_of_an_earlier_version_is_read() throws IOException {
    Path file = folder.resolve("earlier");
    Files.writeString(file, EARLIER.replace("KEY", "a".repeat(64)));
    try (Inbox earlier = JournalInbox.open(file)) {
      assertThat(earlier.unshown()).extracting(Push::messageId).containsExactly("m2");
      assertThat(earlier.knows("m1")).isTrue();
      assertThat(earlier.knows("m0")).isTrue();
    }
  }
}
