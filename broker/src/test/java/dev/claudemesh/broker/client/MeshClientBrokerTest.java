package dev.claudemesh.broker.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.kernel.Ids;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.client.KeyPolicy;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.News;
import dev.claudemesh.protocol.client.Outgoing;
import dev.claudemesh.protocol.client.RecordingListener;
import dev.claudemesh.protocol.client.Targets;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteReply;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.messaging.MessageEvent.StatusChanged;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.messaging.MessageRequest.MessageStatus;
import dev.claudemesh.protocol.messaging.Priority;
import dev.claudemesh.protocol.presence.PresenceRequest.ListPeers;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The client of `protocol` against the whole broker: what both sides promise each other.
class MeshClientBrokerTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ClientLimits QUICK =
      ClientLimits.SESSION.withPauses(Duration.ofMillis(20), Duration.ofMillis(200));

  private static TestBroker broker;

  private final List<MeshClient> clients = new ArrayList<>();
  private final SecretKey owner = Keys.generate();
  private final MeshKey key = MeshKey.generate(1);
  private final Keyring owners = Keyring.inMemory(key);
  private BrokerHttp http;
  private Relay relay;
  private MeshReply.Created mesh;

  @BeforeAll
  static void start_a_broker() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop_the_broker() {
    broker.close();
  }

  @BeforeEach
  void make_a_mesh() throws IOException {
    http = new BrokerHttp(broker.wsUrl());
    relay = new Relay(() -> broker.broker().port());
    mesh = http.call(Team.create("Team", Ids.next(), owner, key), Optional.of(owner), Map.of());
  }

  @AfterEach
  void close_everything() {
    clients.forEach(client -> client.close(Duration.ZERO));
    relay.close();
    http.close();
  }

  /// Somebody with a client, and what it was told.
  private record Someone(MeshClient client, RecordingListener told, Keyring keyring) {
    String address() {
      return client.identity().address().hex();
    }

    Ack sends(Outgoing message) {
      return done(client.send(message));
    }
  }

  private static <T> T done(CompletableFuture<T> future) {
    return future.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
  }

  private Identity identity(URI url, String memberId, SecretKey member) {
    return new Identity(url, mesh.id(), memberId, member, Optional.of(Keys.generate()));
  }

  private Someone connect(Identity who, String name, Keyring keyring) {
    return connect(who, name, keyring, Purpose.SESSION);
  }

  private Someone connect(Identity who, String name, Keyring keyring, Purpose purpose) {
    RecordingListener told = new RecordingListener();
    MeshClient client =
        MeshClient.builder(who, HelloDetails.ofThisProcess(purpose).named(name))
            .keyring(keyring)
            .keyPolicy(KeyPolicy.byProof(Optional.of(owner.publicKey())))
            .listener(told)
            .limits(QUICK)
            .clock(broker.clock())
            .start();
    clients.add(client);
    client.ready(LONG);
    return new Someone(client, told, keyring);
  }

  private Someone owner() {
    return connect(identity(relay.url(), mesh.memberId(), owner), "Olga", owners);
  }

  /// Invited by the owner, joined by the code; the mesh key has not come yet.
  private Identity invited(String name) {
    Team.Person issuer = new Team.Person(owner, mesh.id(), mesh.memberId());
    InviteReply.Created invite =
        http.call(
            Team.invite(issuer, 2, "member", 1, broker.clock().instant()),
            Optional.of(owner),
            Map.of("mesh", mesh.slug()));
    SecretKey newcomer = Keys.generate();
    InviteReply.Claimed claimed =
        http.call(
            Team.claim(invite.code(), newcomer, name, broker.clock().instant()),
            Optional.empty(),
            Map.of());
    return identity(relay.url(), claimed.memberId(), newcomer);
  }

  private Someone newcomer(String name) {
    return connect(invited(name), name, Keyring.inMemory());
  }

  @Test
  void a_direct_message_arrives_once_and_its_sender_sees_that_it_did() {
    Someone olga = owner();
    Someone bob = newcomer("Bob");

    Ack ack =
        olga.sends(new Outgoing(bob.address(), Priority.NOW, "Hello Bob", Optional.empty(), true));

    IncomingMessage message = bob.told().message();
    assertThat(message.text()).isEqualTo("Hello Bob");
    assertThat(message.id()).isEqualTo(ack.messageId());
    assertThat(message.senderKey()).isEqualTo(olga.address());
    assertThat(message.senderName()).contains("Olga");
    assertThat(message.encryption()).contains(Encryption.BOX);
    StatusChanged change = olga.told().next("statusChanged", StatusChanged.class);
    while (change.status() != DeliveryStatus.DELIVERED) {
      change = olga.told().next("statusChanged", StatusChanged.class);
    }
    assertThat(olga.client().ask(new MessageStatus(ack.messageId())).delivered()).isTrue();

    bob.client().seen(List.of(message.id()));
    assertThat(olga.told().next("statusChanged", StatusChanged.class).status())
        .isEqualTo(DeliveryStatus.SEEN);
    Ack answer =
        bob.sends(Outgoing.of(message.replyTarget(), "Hello Olga").inReplyTo(message.id()));
    IncomingMessage answered = olga.told().message();
    assertThat(answered.id()).isEqualTo(answer.messageId());
    assertThat(answered.replyToId()).contains(message.id());
    assertThat(answered.hops()).isEqualTo(1);
  }

  @Test
  void names_resolve_to_the_peers_and_members_the_broker_lists() {
    Someone olga = owner();
    Someone bob = newcomer("Bob");
    Targets targets =
        new Targets(
            olga.client().ask(new ListPeers()).peers(),
            olga.client().ask(new MemberRequest.ListMembers()).members());
    olga.sends(Outgoing.of(targets.resolve("bob").spec(), "by name"));
    assertThat(bob.told().message().text()).isEqualTo("by name");
  }

  @Test
  void a_message_to_a_member_who_is_away_is_there_when_they_come() {
    Someone olga = owner();
    Identity bob = invited("Bob");
    Ack ack = olga.sends(Outgoing.of(bob.memberKey().hex(), "for later"));
    assertThat(ack.waiting().orElseThrow()).contains("offline");

    Someone later = connect(bob, "Bob", Keyring.inMemory());
    assertThat(later.told().message().text()).isEqualTo("for later");
  }

  @Test
  void a_newcomer_is_handed_the_key_and_reads_what_was_sent_to_all_before_it_came() {
    Someone bob = newcomer("Bob");
    assertThat(bob.keyring().epochs()).isEmpty();

    Someone olga = owner();
    olga.sends(Outgoing.of("*", "to all"));

    IncomingMessage message = bob.told().message();
    assertThat(message.text()).isEqualTo("to all");
    assertThat(message.encryption()).contains(Encryption.GROUP);
    assertThat(message.toMany()).isTrue();
    assertThat(bob.keyring().current()).contains(key);
    bob.sends(Outgoing.of("@all", "thank you all"));
    assertThat(olga.told().message().text()).isEqualTo("thank you all");
  }

  @Test
  void one_command_of_a_member_with_the_key_is_enough_to_hand_it_over() {
    Someone bob = newcomer("Bob");
    Someone command =
        connect(identity(relay.url(), mesh.memberId(), owner), "Olga", owners, Purpose.COMMAND);
    command.client().close();
    assertThat(bob.told().next("keyArrived", Integer.class)).isEqualTo(1);
    assertThat(bob.told().count("news")).isZero();
  }

  @Test
  void when_a_member_is_banned_the_others_get_a_new_key() {
    Someone olga = owner();
    Someone bob = newcomer("Bob");
    Someone mallory = newcomer("Mallory");
    bob.told().next("keyArrived", Integer.class);
    mallory.told().next("keyArrived", Integer.class);

    olga.client().ask(new MemberRequest.Ban(mallory.client().identity().memberKey().hex()));

    assertThat(mallory.told().next("ended", Problem.class).code()).isEqualTo(ProblemCode.REVOKED);
    assertThat(olga.told().next("keyArrived", Integer.class)).isEqualTo(2);
    assertThat(bob.told().next("keyArrived", Integer.class)).isEqualTo(2);
    olga.sends(Outgoing.of("*", "without Mallory"));
    assertThat(bob.told().message().text()).isEqualTo("without Mallory");
    assertThat(mallory.keyring().epochs()).containsExactly(1);
  }

  @Test
  void a_cut_wire_is_not_noticed_by_the_others() {
    Someone olga = owner();
    Someone bob = newcomer("Bob");
    bob.told().next("connected", HelloAck.class);
    olga.told().next("connected", HelloAck.class);
    assertThat(olga.told().next("news", News.class).event()).startsWith("peer_");

    relay.cut();

    assertThat(bob.told().next("connected", HelloAck.class).resumed()).isTrue();
    assertThat(olga.told().next("connected", HelloAck.class).resumed()).isTrue();
    bob.sends(Outgoing.of(olga.address(), "still here"));
    assertThat(olga.told().message().text()).isEqualTo("still here");
    assertThat(olga.told().count("news")).isZero();
  }

  @Test
  void messages_come_once_and_in_order_over_a_wire_that_is_cut_and_a_broker_that_restarts() {
    RandomGenerator random = Seeds.random();
    Someone olga = owner();
    Someone bob = newcomer("Bob");
    bob.told().next("keyArrived", Integer.class);
    int messages = 200;
    List<CompletableFuture<Ack>> sent = new ArrayList<>();
    for (int i = 0; i < messages; i++) {
      sent.add(olga.client().send(Outgoing.of(i % 5 == 0 ? "*" : bob.address(), "message " + i)));
      if (random.nextInt(20) == 0) {
        done(sent.get(random.nextInt(sent.size())));
        relay.cut();
      }
      if (i == messages / 2) {
        broker.restart();
        relay.cut();
      }
    }
    for (int i = 0; i < messages; i++) {
      done(sent.get(i));
      assertThat(bob.told().message().text()).isEqualTo("message " + i);
    }
    assertThat(bob.told().count("message")).isZero();
  }

  @Test
  void who_connects_with_the_same_session_key_takes_the_place_of_the_first() {
    Identity who = identity(relay.url(), mesh.memberId(), owner);
    Someone first = connect(who, "Olga", owners);
    Someone second = connect(who, "Olga", owners);
    assertThat(first.told().next("ended", Problem.class)).hasMessageContaining("gave way");
    assertThat(second.client().ask(new ListPeers()).peers()).hasSize(1);
  }

  @Test
  void goodbye_is_seen_at_once() {
    Someone olga = owner();
    Someone bob = newcomer("Bob");
    bob.client().goodbye();
    News left = olga.told().next("news", News.class);
    while (!left.event().equals("peer_left")) {
      left = olga.told().next("news", News.class);
    }
    assertThat(olga.client().ask(new ListPeers()).peers()).hasSize(1);
  }

  @Test
  void a_stranger_and_a_wrong_clock_are_told_what_to_do() {
    assertThat(refusal(identity(relay.url(), mesh.memberId(), Keys.generate()), broker.clock()))
        .satisfies(problem -> assertThat(problem.code().exitCode()).isEqualTo(2))
        .hasMessageContaining("invite");
    InstantSource late = () -> broker.clock().instant().minusSeconds(300);
    assertThat(refusal(identity(relay.url(), mesh.memberId(), owner), late))
        .satisfies(problem -> assertThat(problem.code()).isEqualTo(ProblemCode.TIMESTAMP_SKEW))
        .hasMessageContaining("clock");
  }

  private Problem refusal(Identity who, InstantSource clock) {
    RecordingListener told = new RecordingListener();
    clients.add(
        MeshClient.builder(who, HelloDetails.ofThisProcess(Purpose.SESSION))
            .listener(told)
            .clock(clock)
            .start());
    return told.next("ended", Problem.class);
  }
}
