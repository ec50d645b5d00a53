package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.meshes.MeshEvent;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.Push;
import dev.claudemesh.protocol.messaging.MessageEvent.StatusChanged;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MeshClientReceiveTest extends ClientFixture {
  private final MeshKey key = MeshKey.generate(1);

  @Test
  void a_message_is_stored_before_it_is_confirmed_and_shown() {
    CompletableFuture<Void> disk = new CompletableFuture<>();
    MemoryInbox memory = new MemoryInbox();
    Inbox slow = new SlowInbox(memory, disk);
    MeshClient client = start(builder().inbox(slow));
    ScriptedConnection connection = open(client);

    connection.send(toAlice("m1", "Hello Alice", aliceSession.publicKey()));
    client.call(new dev.claudemesh.protocol.presence.PresenceRequest.SetSummary("between")).join();
    assertThat(connection.count("client_ack")).isZero();
    assertThat(told.count("message")).isZero();
    disk.complete(null);

    assertThat(connection.next("client_ack").get("brokerMessageId").stringValue()).isEqualTo("m1");
    IncomingMessage message = told.message();
    assertThat(message.text()).isEqualTo("Hello Alice");
    assertThat(message.senderName()).contains("Bob");
    assertThat(message.encryption()).contains(Encryption.BOX);
    assertThat(message.toString()).doesNotContain("Hello Alice");
    assertThat(memory.unshown()).extracting(Push::messageId).containsExactly("m1");
  }

  @Test
  void what_the_disk_has_not_taken_yet_is_neither_confirmed_nor_shown() {
    AtomicBoolean broken = new AtomicBoolean(true);
    Inbox inbox =
        new SlowInbox(new MemoryInbox(), CompletableFuture.completedFuture(null)) {
          @Override
          public void sync() {
            if (broken.get()) {
              throw new Problem(ProblemCode.INTERNAL, "The disk is broken");
            }
          }
        };
    MeshClient client = start(builder().inbox(inbox));
    ScriptedConnection connection = open(client);

    connection.send(toAlice("m1", "one", aliceSession.publicKey()));
    assertThat(told.next("warned", Problem.class)).hasMessage("The disk is broken");
    client.call(new dev.claudemesh.protocol.presence.PresenceRequest.SetSummary("between")).join();
    assertThat(connection.count("client_ack")).isZero();
    assertThat(told.count("message")).isZero();
    broken.set(false);
    connection.send(toAlice("m2", "two", aliceSession.publicKey()));

    assertThat(connection.next("client_ack").get("brokerMessageId").stringValue()).isEqualTo("m1");
    assertThat(told.message().text()).isEqualTo("one");
    assertThat(told.message().text()).isEqualTo("two");
  }

  @Test
  void messages_that_came_while_the_disk_was_slow_are_confirmed_by_one_frame() {
    broker.greeting(hello(Capability.CLIENT_ACK, Capability.ACK_MANY));
    CompletableFuture<Void> disk = new CompletableFuture<>();
    MeshClient client = start(builder().inbox(new SlowInbox(new MemoryInbox(), disk)));
    ScriptedConnection connection = open(client);
    for (int i = 0; i < 20; i++) {
      connection.send(toAlice("m" + i, "text " + i, aliceSession.publicKey()));
    }
    client.call(new dev.claudemesh.protocol.presence.PresenceRequest.SetSummary("between")).join();
    disk.complete(null);

    JsonNode ack = connection.next("client_ack");
    assertThat(ack.has("brokerMessageId")).isFalse();
    assertThat(ack.get("brokerMessageIds").valueStream().map(JsonNode::stringValue))
        .containsExactlyElementsOf(IntStream.range(0, 20).mapToObj(i -> "m" + i).toList());
    for (int i = 0; i < 20; i++) {
      assertThat(told.message().text()).isEqualTo("text " + i);
    }
    assertThat(connection.count("client_ack")).isZero();
  }

  @Test
  void no_frame_confirms_more_than_the_broker_takes() {
    broker.greeting(hello(Capability.CLIENT_ACK, Capability.ACK_MANY));
    CompletableFuture<Void> disk = new CompletableFuture<>();
    MeshClient client = start(builder().inbox(new SlowInbox(new MemoryInbox(), disk)));
    ScriptedConnection connection = open(client);
    for (int i = 0; i < 1_100; i++) {
      connection.send(toAlice("m" + i, "text " + i, aliceSession.publicKey()));
    }
    client.call(new dev.claudemesh.protocol.presence.PresenceRequest.SetSummary("between")).join();
    disk.complete(null);

    assertThat(connection.next("client_ack").get("brokerMessageIds")).hasSize(500);
    assertThat(connection.next("client_ack").get("brokerMessageIds")).hasSize(500);
    assertThat(connection.next("client_ack").get("brokerMessageIds")).hasSize(100);
  }

  private static HelloAck hello(String... capabilities) {
    return ScriptedBroker.hello(1, List.of(), List.of(), "e2e", List.of(capabilities));
  }

  @Test
  void messages_are_shown_in_the_order_they_came() {
    MeshClient client = start(builder().keyring(Keyring.inMemory(key)));
    ScriptedConnection connection = open(client);
    for (int i = 0; i < 100; i++) {
      connection.send(
          i % 2 == 0
              ? toAlice("m" + i, "text " + i, aliceSession.publicKey())
              : toGroup("m" + i, "text " + i, key));
    }
    for (int i = 0; i < 100; i++) {
      assertThat(told.message().text()).isEqualTo("text " + i);
    }
  }

  @Test
  void a_message_that_comes_twice_is_confirmed_twice_and_shown_once_also_after_a_reconnect() {
    MeshClient client = start(builder());
    ScriptedConnection first = open(client);
    Push message = toAlice("m1", "once", aliceSession.publicKey());
    first.send(message);
    first.next("client_ack");
    first.send(message);
    first.next("client_ack");
    first.drop();
    ScriptedConnection second = broker.greeted();
    second.send(message);
    second.next("client_ack");
    second.send(toAlice("m2", "twice", aliceSession.publicKey()));

    assertThat(told.message().text()).isEqualTo("once");
    assertThat(told.message().text()).isEqualTo("twice");
  }

  @Test
  void a_message_to_the_member_opens_in_its_session() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    connection.send(toAlice("m1", "for any of Alice's sessions", alice.publicKey()));
    assertThat(told.message().text()).isEqualTo("for any of Alice's sessions");
  }

  @Test
  void what_old_clients_sent_in_clear_is_read_only_where_it_does_not_claim_to_be_encrypted() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    Boxed clear =
        new Boxed(
            "", Base64.getEncoder().encodeToString("in clear".getBytes(StandardCharsets.UTF_8)));
    connection.send(
        push("m1", bob.publicKey().hex(), clear, Optional.of(Encryption.BOX), Optional.empty()));
    connection.send(push("m2", bob.publicKey().hex(), clear, Optional.empty(), Optional.empty()));

    assertThat(connection.next("nack").get("messageId").stringValue()).isEqualTo("m1");
    IncomingMessage message = told.message();
    assertThat(message.id()).isEqualTo("m2");
    assertThat(message.text()).isEqualTo("in clear");
    assertThat(message.encryption()).isEmpty();
  }

  @Test
  void a_message_that_no_key_opens_is_refused_and_the_listener_told_once() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    Push foreign = toAlice("m1", "for somebody else", Keys.generate().publicKey());
    connection.send(foreign);
    connection.send(foreign);
    connection.send(toAlice("m2", "for Alice", aliceSession.publicKey()));

    assertThat(connection.next("nack").get("reason").stringValue()).isEqualTo("undecryptable");
    connection.next("nack");
    assertThat(told.next("undecryptable", Undecryptable.class).id()).isEqualTo("m1");
    assertThat(told.message().id()).isEqualTo("m2");
    assertThat(told.count("undecryptable")).isZero();
  }

  @Test
  void without_an_inbox_that_lasts_a_group_message_waits_unconfirmed_for_its_key() {
    Keyring keyring = Keyring.inMemory();
    MeshClient client = start(builder().keyring(keyring));
    ScriptedConnection connection = open(client);
    connection.send(toGroup("m1", "for all", key));
    connection.send(toGroup("m1", "for all", key));
    connection.send(toGroup("m2", "for all, too", key));
    connection.send(toAlice("m3", "direct", aliceSession.publicKey()));
    assertThat(told.message().text()).isEqualTo("direct");
    assertThat(connection.next("client_ack").get("brokerMessageId").stringValue()).isEqualTo("m3");

    connection.send(new MeshEvent.KeySealed(MESH, sealed(key, alice.publicKey(), bob)));

    assertThat(told.message().text()).isEqualTo("for all");
    assertThat(told.message().text()).isEqualTo("for all, too");
    assertThat(told.next("keyArrived", Integer.class)).isEqualTo(1);
    assertThat(connection.next("client_ack").get("brokerMessageId").stringValue()).isEqualTo("m1");
    assertThat(connection.next("client_ack").get("brokerMessageId").stringValue()).isEqualTo("m2");
    assertThat(keyring.current()).contains(key);
  }

  @Test
  void a_key_in_the_hello_ack_is_saved_before_messages_are_read() {
    broker.greeting(
        ScriptedBroker.hello(1, List.of(sealed(key, alice.publicKey(), bob)), List.of()));
    List<MeshKey> saved = new java.util.concurrent.CopyOnWriteArrayList<>();
    broker.answering((connection, frame) -> {
      if (frame.get("type").stringValue().equals("hello")) {
        connection.send(
            ScriptedBroker.hello(1, List.of(sealed(key, alice.publicKey(), bob)), List.of()));
        connection.send(toGroup("m1", "right after", key));
        return true;
      }
      return false;
    });

    start(builder().keyring(new Keyring(List.of(), saved::add)));

    told.next("connected", HelloAck.class);
    assertThat(told.message().text()).isEqualTo("right after");
    assertThat(saved).containsExactly(key);
  }

  @Test
  void news_and_changed_statuses_reach_the_listener_and_are_not_confirmed() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    connection.send(
        Push.news(
            "n1",
            MESH,
            "peer_joined",
            Wire.mapper().createObjectNode().put("name", "Bob"),
            Instant.EPOCH));
    connection.send(
        new StatusChanged(
            "m9", bob.publicKey().hex(), "Bob", DeliveryStatus.DELIVERED, Optional.empty()));

    News news = told.next("news", News.class);
    assertThat(news.event()).isEqualTo("peer_joined");
    assertThat(news.data().get("name").stringValue()).isEqualTo("Bob");
    assertThat(told.next("statusChanged", StatusChanged.class).status())
        .isEqualTo(DeliveryStatus.DELIVERED);
    assertThat(connection.count("client_ack")).isZero();
  }

  @Test
  void what_was_stored_and_not_shown_is_brought_again_at_the_next_start() {
    Inbox inbox = new MemoryInbox();
    inbox.store(toAlice("m1", "seen", aliceSession.publicKey()));
    inbox.store(toAlice("m2", "not seen", aliceSession.publicKey()));
    inbox.shown(List.of("m1"));

    start(builder().inbox(inbox));

    assertThat(told.message().text()).isEqualTo("not seen");
  }

  @Test
  void what_was_seen_while_the_connection_was_down_is_told_when_it_is_back() {
    MeshClient client = start(builder());
    ScriptedConnection first = open(client);
    first.send(toAlice("m1", "one", aliceSession.publicKey()));
    told.message();
    client.seen(List.of("m1"));
    assertThat(first.next("seen").get("messageIds").get(0).stringValue()).isEqualTo("m1");

    broker.kill();
    told.next("disconnected", Problem.class);
    client.seen(List.of("m2", "m3"));
    broker.restart();

    assertThat(
            broker
                .greeted()
                .next("seen")
                .get("messageIds")
                .valueStream()
                .map(id -> id.stringValue()))
        .endsWith("m2", "m3");
  }

  @Test
  void a_full_inbox_confirms_nothing_more_and_says_so() {
    Inbox full =
        new SlowInbox(new MemoryInbox(), CompletableFuture.completedFuture(null)) {
          @Override
          public boolean store(Push message) {
            throw new Problem(ProblemCode.LIMIT, "full");
          }
        };
    MeshClient client = start(builder().inbox(full));
    ScriptedConnection connection = open(client);
    connection.send(toAlice("m1", "one too many", aliceSession.publicKey()));

    assertThat(told.next("warned", Problem.class)).hasMessage("full");
    assertThat(connection.count("client_ack")).isZero();
    assertThat(told.count("message")).isZero();
  }

  @Test
  void a_listener_that_throws_does_not_stop_the_next_message() {
    MeshClient client =
        start(
            builder()
                .listener(
                    new RecordingListener() {
                      @Override
                      public void message(IncomingMessage message) {
                        told.message(message);
                        throw new IllegalStateException("a bug of the listener");
                      }

                      private final RecordingListener told = MeshClientReceiveTest.this.told;
                    }));
    ScriptedConnection connection = open(client);
    connection.send(toAlice("m1", "one", aliceSession.publicKey()));
    connection.send(toAlice("m2", "two", aliceSession.publicKey()));
    assertThat(told.message().text()).isEqualTo("one");
    assertThat(told.message().text()).isEqualTo("two");
  }

  /// An inbox on a disk that takes its time.
  private static class SlowInbox implements Inbox {
    private final Inbox inbox;
    private final CompletableFuture<Void> disk;

    SlowInbox(Inbox inbox, CompletableFuture<Void> disk) {
      this.inbox = inbox;
      this.disk = disk;
    }

    @Override
    public boolean store(Push message) {
      disk.join();
      return inbox.store(message);
    }

    @Override
    public void sync() {
      inbox.sync();
    }

    @Override
    public boolean knows(String messageId) {
      return inbox.knows(messageId);
    }

    @Override
    public void shown(Collection<String> messageIds) {
      inbox.shown(messageIds);
    }

    @Override
    public List<Push> unshown() {
      return inbox.unshown();
    }

    @Override
    public boolean durable() {
      return inbox.durable();
    }

    @Override
    public void close() {
      inbox.close();
    }
  }
}
