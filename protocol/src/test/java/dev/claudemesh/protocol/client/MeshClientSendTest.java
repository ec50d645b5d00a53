package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.ErrorReply;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.connection.Capability;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import dev.claudemesh.protocol.presence.PresenceRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class MeshClientSendTest extends ClientFixture {
  private final MeshKey key = MeshKey.generate(1);

  private Ack done(CompletableFuture<Ack> sent) {
    return sent.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private String text(ObjectNode send) {
    return Keys.openBox(
            send.get("nonce").stringValue(),
            send.get("ciphertext").stringValue(),
            aliceSession.publicKey(),
            bob)
        .orElseThrow();
  }

  @Test
  void a_direct_message_opens_with_the_receivers_key_only() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);

    Ack ack = done(client.send(Outgoing.of(bob.publicKey().hex(), "Hello Bob")));

    ObjectNode send = connection.next("send");
    assertThat(send.get("enc").stringValue()).isEqualTo("box");
    assertThat(send.get("targetSpec").stringValue()).isEqualTo(bob.publicKey().hex());
    assertThat(send.get("priority").stringValue()).isEqualTo("next");
    assertThat(send.toString()).doesNotContain("Hello Bob").doesNotContain(base64("Hello Bob"));
    assertThat(text(send)).isEqualTo("Hello Bob");
    assertThat(ack.messageId()).isEqualTo("message0");
  }

  @Test
  void a_message_to_many_opens_with_the_mesh_key_of_its_epoch() {
    MeshClient client = start(builder().keyring(Keyring.inMemory(key)));
    ScriptedConnection connection = open(client);

    for (String target : List.of("@backend", "*", "@all")) {
      done(client.send(Outgoing.of(target, "Hello all")));
      ObjectNode send = connection.next("send");
      assertThat(send.get("enc").stringValue()).isEqualTo("group");
      assertThat(send.get("epoch").intValue()).isEqualTo(1);
      assertThat(send.get("targetSpec").stringValue())
          .isEqualTo(target.equals("@all") ? "*" : target);
      assertThat(
              Keys.openSecretBox(
                  send.get("nonce").stringValue(), send.get("ciphertext").stringValue(), key))
          .contains("Hello all");
    }
  }

  @Test
  void a_message_to_many_waits_for_nobody_but_says_that_the_key_is_pending() {
    broker.greeting(ScriptedBroker.hello(2, List.of(), List.of()));
    MeshClient client = start(builder().keyring(Keyring.inMemory(key)));
    open(client);

    assertThatThrownBy(() -> client.send(Outgoing.of("*", "Hello all")))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.KEY_PENDING));
    done(client.send(Outgoing.of(bob.publicKey().hex(), "Hello Bob")));
  }

  @Test
  void in_a_compat_mesh_without_a_key_a_message_to_many_goes_as_old_clients_send_it() {
    broker.greeting(ScriptedBroker.hello(1, List.of(), List.of(), "compat", List.of()));
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);

    done(client.send(Outgoing.of("*", "Hello all")));

    ObjectNode send = connection.next("send");
    assertThat(send.get("ciphertext").stringValue()).isEqualTo(base64("Hello all"));
    assertThat(Base64.getDecoder().decode(send.get("nonce").stringValue())).hasSize(24);
    assertThat(send.has("enc")).isFalse();
  }

  @Test
  void messages_that_were_sent_while_the_broker_was_away_go_out_in_order_when_it_is_back() {
    broker.kill();
    MeshClient client = start(builder());
    List<CompletableFuture<Ack>> sent = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      sent.add(client.send(Outgoing.of(bob.publicKey().hex(), "message " + i)));
    }
    assertThat(sent).noneMatch(CompletableFuture::isDone);

    broker.restart();

    ScriptedConnection connection = broker.greeted();
    for (int i = 0; i < 30; i++) {
      assertThat(text(connection.next("send"))).isEqualTo("message " + i);
      done(sent.get(i));
    }
  }

  @Test
  void what_an_earlier_client_left_is_sent_in_its_old_order() {
    broker.kill();
    MemoryOutbox outbox = new MemoryOutbox();
    MeshClient earlier = start(builder().outbox(outbox));
    for (int i = 0; i < 3; i++) {
      earlier.send(Outgoing.of(bob.publicKey().hex(), "message " + i));
    }
    earlier.close(Duration.ZERO);
    broker.restart();

    start(builder().outbox(outbox));

    ScriptedConnection connection = broker.greeted();
    for (int i = 0; i < 3; i++) {
      assertThat(text(connection.next("send"))).isEqualTo("message " + i);
    }
  }

  @Test
  void a_message_that_was_sent_and_not_acknowledged_stays_in_the_outbox() {
    broker.answering((connection, frame) -> frame.get("type").stringValue().equals("send"));
    MemoryOutbox outbox = new MemoryOutbox();
    MeshClient client = start(builder().outbox(outbox));
    ScriptedConnection connection = open(client);
    client.send(Outgoing.of(bob.publicKey().hex(), "on its way"));
    String id = connection.next("send").get("client_message_id").stringValue();

    client.close(Duration.ZERO);

    assertThat(outbox.pending()).extracting(Outbox.Entry::clientMessageId).containsExactly(id);
  }

  @Test
  void a_message_whose_ack_was_lost_is_sent_again_under_the_same_id() {
    AtomicInteger sends = new AtomicInteger();
    broker.answering((connection, frame) -> {
      if (frame.get("type").stringValue().equals("send") && sends.incrementAndGet() == 1) {
        connection.drop();
        broker.acknowledge(connection, frame);
        return true;
      }
      return false;
    });
    MeshClient client = start(builder());

    CompletableFuture<Ack> sent = client.send(Outgoing.of(bob.publicKey().hex(), "once"));
    ObjectNode first = broker.greeted().next("send");
    ObjectNode second = broker.greeted().next("send");

    assertThat(done(sent).messageId()).isEqualTo("message0");
    assertThat(second).isEqualTo(first);
    assertThat(broker.accepted()).isEqualTo(1);
  }

  @Test
  void a_broker_that_answers_calls_but_no_message_is_left_and_found_again() {
    AtomicInteger sends = new AtomicInteger();
    broker.answering((connection, frame) ->
        frame.get("type").stringValue().equals("send") && sends.incrementAndGet() == 1);
    MeshClient client = start(builder().limits(QUICK.withTimeouts(LONG, Duration.ofMillis(50))));
    done(client.send(Outgoing.of(bob.publicKey().hex(), "once")));
    assertThat(sends.get()).isEqualTo(2);
  }

  @Test
  void a_refusal_that_may_pass_is_waited_out_and_the_order_stays() {
    AtomicInteger refusals = new AtomicInteger();
    broker.answering((connection, frame) -> {
      if (!frame.get("type").stringValue().equals("send")) {
        return false;
      }
      if (text(frame).equals("one") && refusals.incrementAndGet() <= 2) {
        connection.send(refusal(frame, "rate_limited"));
        return true;
      }
      if (broker.accepted() == 0 && !text(frame).equals("one")) {
        connection.send(refusal(frame, "busy"));
        return true;
      }
      return false;
    });
    MeshClient client = start(builder());
    open(client);

    CompletableFuture<Ack> one = client.send(Outgoing.of(bob.publicKey().hex(), "one"));
    CompletableFuture<Ack> two = client.send(Outgoing.of(bob.publicKey().hex(), "two"));

    assertThat(done(one).messageId()).isEqualTo("message0");
    assertThat(done(two).messageId()).isEqualTo("message1");
    assertThat(refusals.get()).isEqualTo(3);
  }

  @Test
  void many_messages_are_on_their_way_at_a_time_but_not_more_than_the_limit() {
    AtomicInteger sends = new AtomicInteger();
    CompletableFuture<ScriptedConnection> full = new CompletableFuture<>();
    List<ObjectNode> unanswered = new CopyOnWriteArrayList<>();
    broker.answering((connection, frame) -> {
      if (!frame.get("type").stringValue().equals("send")) {
        return false;
      }
      unanswered.add(frame);
      if (sends.incrementAndGet() == QUICK.maxUnacked()) {
        full.complete(connection);
      }
      return true;
    });
    MeshClient client = start(builder());
    open(client);
    List<CompletableFuture<Ack>> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sent.add(client.send(Outgoing.of(bob.publicKey().hex(), "message " + i)));
    }

    ScriptedConnection connection = full.orTimeout(20, TimeUnit.SECONDS).join();
    client.call(new PresenceRequest.SetSummary("nothing more came before this")).join();

    assertThat(unanswered).hasSize(QUICK.maxUnacked());
    List<ObjectNode> first = List.copyOf(unanswered);
    broker.answering((anyone, frame) -> false);
    first.reversed().forEach(frame -> broker.acknowledge(connection, frame));
    for (int i = 0; i < 100; i++) {
      done(sent.get(i));
      if (i < first.size()) {
        assertThat(text(first.get(i))).isEqualTo("message " + i);
      }
    }
    assertThat(done(sent.get(0)).messageId()).isEqualTo("message" + (first.size() - 1));
  }

  @Test
  void nothing_goes_out_before_it_is_kept_and_nobody_who_sends_waits_for_the_disk() {
    CompletableFuture<Void> disk = new CompletableFuture<>();
    SlowOutbox outbox = new SlowOutbox(disk);
    MeshClient client = start(builder().outbox(outbox));
    ScriptedConnection connection = open(client);
    List<CompletableFuture<Ack>> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(client.send(Outgoing.of(bob.publicKey().hex(), "message " + i)));
    }
    client.call(new PresenceRequest.SetSummary("the disk is slow")).join();
    assertThat(connection.count("send")).isZero();

    disk.complete(null);

    for (int i = 0; i < 20; i++) {
      done(sent.get(i));
      assertThat(text(connection.next("send"))).isEqualTo("message " + i);
    }
  }

  @Test
  void what_the_disk_does_not_keep_is_given_back_and_not_sent() {
    SlowOutbox outbox =
        new SlowOutbox(
            CompletableFuture.failedFuture(
                new Problem(ProblemCode.INTERNAL, "The disk is broken")));
    MeshClient client = start(builder().outbox(outbox));
    ScriptedConnection connection = open(client);

    CompletableFuture<Ack> sent = client.send(Outgoing.of(bob.publicKey().hex(), "lost"));

    assertThat(problemOf(sent)).hasMessage("The disk is broken");
    client.call(new PresenceRequest.SetSummary("nothing came before this")).join();
    assertThat(connection.count("send")).isZero();
    assertThat(outbox.pending()).isEmpty();
  }

  /// An outbox on a disk that takes its time, or breaks.
  private static final class SlowOutbox implements Outbox {
    private final MemoryOutbox outbox = new MemoryOutbox();
    private final CompletableFuture<Void> disk;

    SlowOutbox(CompletableFuture<Void> disk) {
      this.disk = disk;
    }

    @Override
    public void put(Entry entry) {
      outbox.put(entry);
    }

    @Override
    public void sync() {
      try {
        disk.join();
      } catch (CompletionException e) {
        throw (Problem) e.getCause();
      }
    }

    @Override
    public void remove(String clientMessageId) {
      outbox.remove(clientMessageId);
    }

    @Override
    public List<Entry> pending() {
      return outbox.pending();
    }

    @Override
    public boolean durable() {
      return true;
    }

    @Override
    public void close() {}
  }

  @Test
  void a_refusal_that_cannot_pass_takes_the_message_out_and_the_next_one_goes() {
    broker.answering((connection, frame) -> {
      if (frame.get("type").stringValue().equals("send")
          && broker.accepted() == 0
          && connection.count("send") == 1) {
        connection.send(refusal(frame, "blocked"));
        return true;
      }
      return false;
    });
    Outbox outbox = new MemoryOutbox();
    MeshClient client = start(builder().outbox(outbox));
    open(client);

    CompletableFuture<Ack> refused = client.send(Outgoing.of(bob.publicKey().hex(), "one"));
    CompletableFuture<Ack> next = client.send(Outgoing.of(bob.publicKey().hex(), "two"));

    assertThat(problemOf(refused).code()).isEqualTo(ProblemCode.BLOCKED);
    done(next);
    assertThat(outbox.pending()).isEmpty();
  }

  @Test
  void a_message_of_an_ended_epoch_is_encrypted_anew_when_the_new_key_is_here() {
    MeshKey newer = MeshKey.generate(2);
    Keyring keyring = Keyring.inMemory(key);
    broker.answering((connection, frame) -> {
      if (frame.get("type").stringValue().equals("send") && frame.get("epoch").intValue() == 1) {
        connection.send(
            new dev.claudemesh.protocol.meshes.MeshEvent.KeySealed(
                MESH, sealed(newer, alice.publicKey(), bob)));
        connection.send(refusal(frame, "stale_epoch"));
        return true;
      }
      return false;
    });
    MeshClient client = start(builder().keyring(keyring));
    ScriptedConnection connection = open(client);

    done(client.send(Outgoing.of("*", "Hello all")));

    assertThat(connection.next("send").get("epoch").intValue()).isEqualTo(1);
    ObjectNode last = connection.next("send");
    while (last.get("epoch").intValue() == 1) {
      last = connection.next("send");
    }
    assertThat(
            Keys.openSecretBox(
                last.get("nonce").stringValue(), last.get("ciphertext").stringValue(), newer))
        .contains("Hello all");
  }

  @Test
  void a_message_that_no_frame_holds_is_refused_before_it_is_queued() {
    Outbox outbox = new MemoryOutbox();
    MeshClient client = start(builder().outbox(outbox));
    open(client);
    String fits = "x".repeat(40_000);
    String tooLong = "x".repeat(60_000);

    done(client.send(Outgoing.of(bob.publicKey().hex(), fits)));
    assertThatThrownBy(() -> client.send(Outgoing.of(bob.publicKey().hex(), tooLong)))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.TOO_LARGE);
              assertThat(problem).hasMessageContaining("65536");
            });
    assertThat(outbox.pending()).isEmpty();
  }

  @Test
  void a_large_message_goes_through_where_both_sides_say_large_frames() {
    broker.greeting(
        ScriptedBroker.hello(1, List.of(), List.of(), "e2e", List.of(Capability.LARGE_FRAMES)));
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    String large = "ä".repeat(300_000);

    done(client.send(Outgoing.of(bob.publicKey().hex(), large)));

    assertThat(text(connection.next("send"))).isEqualTo(large);
  }

  @Test
  void a_message_the_broker_hangs_up_on_is_refused_and_does_not_block_the_others() {
    broker.answering((connection, frame) -> {
      if (frame.get("type").stringValue().equals("send") && frame.toString().length() > 20_000) {
        connection.close(1009, "");
        return true;
      }
      return false;
    });
    MeshClient client = start(builder());
    open(client);

    CompletableFuture<Ack> large =
        client.send(Outgoing.of(bob.publicKey().hex(), "x".repeat(30_000)));
    CompletableFuture<Ack> small = client.send(Outgoing.of(bob.publicKey().hex(), "small"));

    assertThat(problemOf(large).code()).isEqualTo(ProblemCode.TOO_LARGE);
    done(small);
  }

  @Test
  void the_same_text_to_the_same_target_is_refused_the_sixth_time_within_a_minute() {
    MeshClient client = start(builder());
    open(client);
    for (int i = 0; i < 5; i++) {
      done(client.send(Outgoing.of(bob.publicKey().hex(), "ping")));
    }

    assertThatThrownBy(() -> client.send(Outgoing.of(bob.publicKey().hex(), "ping")))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.REPEATED));
    done(client.send(Outgoing.of(bob.publicKey().hex(), "pong")));
    done(client.send(Outgoing.of(alice.publicKey().hex(), "ping")));
  }

  @Test
  void a_full_outbox_refuses_one_more() {
    broker.kill();
    MeshClient client = start(builder());
    for (int i = 0; i < Outbox.LIMIT; i++) {
      client.send(Outgoing.of(bob.publicKey().hex(), "message " + i));
    }
    assertThatThrownBy(() -> client.send(Outgoing.of(bob.publicKey().hex(), "one more")))
        .isInstanceOfSatisfying(
            Problem.class, problem -> assertThat(problem.code()).isEqualTo(ProblemCode.LIMIT));
  }

  @Test
  void a_name_is_no_target_and_an_empty_text_no_message() {
    MeshClient client = start(builder());
    for (Outgoing wrong :
        List.of(
            Outgoing.of("Bob", "hi"),
            Outgoing.of("@", "hi"),
            Outgoing.of("#x", "hi"),
            Outgoing.of("*", ""))) {
      assertThatThrownBy(() -> client.send(wrong))
          .isInstanceOfSatisfying(
              Problem.class,
              problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT));
    }
  }

  @Test
  void an_answer_counts_one_hop_more_than_what_it_answers() {
    MeshClient client = start(builder());
    ScriptedConnection connection = open(client);
    connection.send(toAlice("m1", "question", aliceSession.publicKey()));
    assertThat(told.message().hops()).isEqualTo(3);

    done(client.send(Outgoing.of(bob.publicKey().hex(), "answer").inReplyTo("m1")));
    assertThat(connection.next("send").get("hops").intValue()).isEqualTo(4);
    done(client.send(Outgoing.of(bob.publicKey().hex(), "something else")));
    assertThat(connection.next("send").get("hops").intValue()).isZero();
  }

  @Test
  void closing_flushes_the_outbox_and_tells_who_waits_for_what_was_not_sent() {
    MeshClient client = start(builder());
    client.ready(LONG);
    CompletableFuture<Ack> sent = client.send(Outgoing.of(bob.publicKey().hex(), "last words"));
    client.close();
    assertThat(sent).isCompletedWithValueMatching(ack -> ack.queued());

    broker.kill();
    Outbox outbox = new MemoryOutbox();
    MeshClient offline = start(builder().outbox(outbox));
    CompletableFuture<Ack> unsent = offline.send(Outgoing.of(bob.publicKey().hex(), "unheard"));
    offline.close(Duration.ofMillis(20));
    assertThat(problemOf(unsent).code()).isEqualTo(ProblemCode.UNREACHABLE);
    assertThat(outbox.pending()).hasSize(1);
  }

  @Test
  void
      what_an_earlier_client_left_is_sent_by_the_next_and_what_it_cannot_have_written_is_given_back() {
    broker.kill();
    Outbox outbox = new MemoryOutbox();
    MeshClient earlier = start(builder().outbox(outbox));
    earlier.send(Outgoing.of(bob.publicKey().hex(), "left over"));
    earlier.close(Duration.ZERO);
    Outbox.Entry left = outbox.pending().getFirst();
    outbox.put(new Outbox.Entry("of-another-key", bob.publicKey().hex(), left.frame()));
    broker.restart();

    start(builder().outbox(outbox));

    assertThat(text(broker.greeted().next("send"))).isEqualTo("left over");
    assertThat(told.next("sendRefused", Problem.class)).hasMessageContaining("earlier session");
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static ErrorReply refusal(ObjectNode send, String code) {
    return new ErrorReply(
        code,
        "refused: " + code,
        Optional.empty(),
        Optional.empty(),
        Optional.of(send.get("id").stringValue()));
  }
}
