package dev.claudemesh.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.MeshFixture;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// A broker that is killed between a promise to send something later and its time.
@Timeout(120)
class KilledScheduleTest {
  @TempDir Path data;

  private final TestClock clock = new TestClock();

  @Test
  void a_message_outlives_the_broker_that_was_asked_to_send_it_and_is_sent_once() throws Exception {
    try (TestDatabase database = TestDatabase.create()) {
      MeshFixture mesh = MeshFixture.create(database.database());
      TestMember ada = member(mesh.member("Ada"));
      TestMember bob = member(mesh.member("Bob"));
      Process first = broker(database);
      try (TestSocket a = TestSocket.open(ready(first), clock)) {
        a.hello(ada);
        for (int i = 0; i < 10; i++) {
          ObjectNode ack = a.ask(message(ada, bob, "number " + i));
          assertThat(ack.path("type").asString()).isEqualTo("scheduled_ack");
        }
        first.destroyForcibly().waitFor();
      }
      Process second = broker(database);
      try (TestSocket b = TestSocket.open(ready(second), clock)) {
        b.hello(bob);
        List<String> came = new java.util.ArrayList<>();
        for (int i = 0; i < 10; i++) {
          ObjectNode push = b.next(frame -> frame.has("ciphertext") && frame.has("enc"));
          came.add(text(push, ada.key(), bob.key()));
        }
        assertThat(came).doesNotHaveDuplicates().allMatch(text -> text.startsWith("number "));
        assertThat(b.drain()).noneMatch(frame -> frame.has("enc"));
      } finally {
        second.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
      }
    }
  }

  private static TestMember member(MeshFixture.Somebody somebody) {
    return new TestMember(
        somebody.meshId(),
        "mesh",
        somebody.id(),
        somebody.name(),
        somebody.key(),
        Optional.of(Keys.generate()));
  }

  /// Due while the broker is away: it takes longer than that to start one.
  private ObjectNode message(TestMember from, TestMember to, String text) {
    Boxed boxed = Keys.box(text, to.key().publicKey(), from.key());
    return TestSocket.object("schedule")
        .put("to", to.pubkey())
        .put("message", "")
        .put("enc", "box")
        .put("nonce", boxed.nonce())
        .put("ciphertext", boxed.ciphertext())
        .put("senderPubkey", from.pubkey())
        .put("deliverAt", clock.instant().plusMillis(700).toEpochMilli());
  }

  private static String text(ObjectNode push, SecretKey from, SecretKey to) {
    return Keys.openBox(
            push.path("nonce").asString(), push.path("ciphertext").asString(), from.publicKey(), to)
        .orElseThrow();
  }

  private Process broker(TestDatabase database) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                ProgramTest.Program.class.getName()));
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "CLAUDEMESH_DATA",
                data.toString(),
                "BROKER_PORT",
                "0",
                "DATABASE_URL",
                database.urlText()));
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static URI ready(Process broker) throws IOException {
    BufferedReader stdout = broker.inputReader(StandardCharsets.UTF_8);
    return URI.create(stdout.readLine().substring("ready ".length()));
  }
}
