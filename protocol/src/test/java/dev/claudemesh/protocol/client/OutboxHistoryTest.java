package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.ErrorReply;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.MeshKey;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Long random histories of a client and a broker that is busy, loses connections in the middle of
/// what came by them, and answers late: what the broker took is what was sent, once and in order.
class OutboxHistoryTest extends ClientFixture {
  private static final int MESSAGES = 400;

  @TempDir Path folder;

  private final RandomGenerator random = Seeds.random();
  private final MeshKey key = MeshKey.generate(1);
  private final Model model = new Model();
  private final Map<String, CompletableFuture<Ack>> sent = new HashMap<>();
  private Outbox outbox;
  private MeshClient client;

  /// A broker as far as sends go: it knows a repeated message by its id, and after a refusal that
  /// may pass it waits for the refused one.
  private final class Model implements ScriptedBroker.Answer {
    private final Map<String, String> taken = new HashMap<>();
    private final List<String> texts = new ArrayList<>();
    private final Set<String> refusedForGood = new HashSet<>();
    private final Queue<Runnable> late = new ArrayDeque<>();
    private final Map<ScriptedConnection, Integer> dying = new HashMap<>();
    private Optional<String> held = Optional.empty();

    @Override
    public synchronized boolean frame(ScriptedConnection connection, ObjectNode frame) {
      if (!frame.get("type").stringValue().equals("send")) {
        return false;
      }
      if (dying.containsKey(connection)) {
        if (dying.merge(connection, -1, Integer::sum) <= 0) {
          connection.drop();
        }
      } else if (random.nextInt(60) == 0) {
        dying.put(connection, random.nextInt(20)); // hears for a while, and is heard no more
      }
      answer(connection, frame);
      if (random.nextInt(8) == 0) {
        release();
      }
      return true;
    }

    private void answer(ScriptedConnection connection, ObjectNode frame) {
      String id = frame.get("client_message_id").stringValue();
      if (held.isPresent() && !held.get().equals(id)) {
        refuse(connection, frame, ProblemCode.BUSY);
      } else if (taken.containsKey(id)) {
        held = Optional.empty();
        acknowledge(connection, frame);
      } else if (random.nextInt(15) == 0) {
        held = Optional.of(id);
        ProblemCode[] passing = {ProblemCode.BUSY, ProblemCode.RATE_LIMITED, ProblemCode.INTERNAL};
        refuse(connection, frame, passing[random.nextInt(passing.length)]);
      } else if (random.nextInt(30) == 0 || refusedForGood.contains(text(frame))) {
        held = Optional.empty();
        refusedForGood.add(text(frame));
        refuse(connection, frame, ProblemCode.BLOCKED);
      } else {
        held = Optional.empty();
        texts.add(text(frame));
        taken.put(id, "message" + taken.size());
        acknowledge(connection, frame);
      }
    }

    private void acknowledge(ScriptedConnection connection, ObjectNode frame) {
      String id = frame.get("client_message_id").stringValue();
      reply(
          connection,
          () ->
              connection.send(
                  (dev.claudemesh.protocol.Outbound)
                      new Ack(id, taken.get(id), true, Optional.of(1), Optional.empty())));
    }

    private void refuse(ScriptedConnection connection, ObjectNode frame, ProblemCode code) {
      Optional<String> id = Optional.of(frame.get("id").stringValue());
      reply(
          connection,
          () ->
              connection.send(
                  new ErrorReply(
                      code.wireName(), "expected", Optional.empty(), Optional.empty(), id)));
    }

    private void reply(ScriptedConnection connection, Runnable send) {
      late.add(() -> {
        if (!dying.containsKey(connection)) {
          send.run();
        }
      });
    }

    /// Answers what is unanswered, and lets those die whose client says nothing more.
    synchronized void release() {
      late.forEach(Runnable::run);
      late.clear();
    }

    synchronized void buryTheDying() {
      dying.keySet().forEach(ScriptedConnection::drop);
    }
  }

  private String text(ObjectNode send) {
    String nonce = send.get("nonce").stringValue();
    String ciphertext = send.get("ciphertext").stringValue();
    return send.has("epoch")
        ? Keys.openSecretBox(nonce, ciphertext, key).orElseThrow()
        : Keys.openBox(nonce, ciphertext, aliceSession.publicKey(), bob).orElseThrow();
  }

  private void startClient() {
    outbox = JournalOutbox.open(folder.resolve("outbox"));
    client = start(builder().outbox(outbox).keyring(Keyring.inMemory(key)));
  }

  @RepeatedTest(5)
  void nothing_is_lost_or_taken_twice_or_out_of_order_whatever_the_broker_and_the_wire_do() {
    broker.answering(model);
    startClient();
    List<String> given = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      String text = "message " + i;
      sent.put(text, client.send(Outgoing.of(target(), text)));
      given.add(text);
      if (random.nextInt(10) == 0) {
        model.release();
      }
      if (random.nextInt(150) == 0) {
        client.close(Duration.ZERO);
        outbox.close();
        startClient();
      }
    }
    settle(CompletableFuture.runAsync(() -> client.close(LONG)));

    assertThat(outbox.pending()).isEmpty();
    outbox.close();
    given.removeAll(model.refusedForGood);
    assertThat(model.texts).isEqualTo(given);
    sent.forEach((text, outcome) -> assertThat(outcome).as(text).isDone());
    sent.forEach((text, outcome) -> {
      if (outcome.isCompletedExceptionally()) {
        assertThat(problem(outcome).code())
            .as(text)
            .isIn(ProblemCode.UNREACHABLE, ProblemCode.BLOCKED);
      } else {
        assertThat(model.taken).containsValue(outcome.join().messageId());
      }
    });
  }

  private String target() {
    return random.nextInt(3) == 0 ? "@team" : bob.publicKey().hex();
  }

  private void settle(CompletableFuture<Void> flushed) {
    while (true) {
      try {
        flushed.get(5, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        model.release();
        model.buryTheDying();
      } catch (InterruptedException | ExecutionException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static Problem problem(CompletableFuture<Ack> failed) {
    try {
      failed.join();
      throw new AssertionError("It should have failed");
    } catch (CompletionException e) {
      return (Problem) e.getCause();
    }
  }
}
