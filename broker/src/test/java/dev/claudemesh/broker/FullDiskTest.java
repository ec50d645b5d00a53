package dev.claudemesh.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.Outgoing;
import dev.claudemesh.protocol.client.RecordingListener;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.messaging.MessageReply.Ack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A disk without room under the database: messages wait in their senders' outboxes.
@Timeout(120)
class FullDiskTest {
  private static final ClientLimits QUICK =
      ClientLimits.SESSION.withPauses(Duration.ofMillis(20), Duration.ofMillis(200));

  private final TestBroker broker = TestBroker.start(Map.of("SEND_RATE_PER_MINUTE", "0"));
  private final RecordingListener told = new RecordingListener();
  private final List<CompletableFuture<Ack>> sent = new ArrayList<>();
  private MeshClient ann;
  private MeshClient bob;
  private TestSocket cat;

  @BeforeEach
  void connect() {
    TestMember owner = broker.mesh("full");
    ann = connect(broker.member(owner, "ann"), new RecordingListener());
    bob = connect(broker.member(owner, "bob"), told);
    cat = broker.connect(broker.member(owner, "cat"));
  }

  @AfterEach
  void stop() {
    ann.close();
    bob.close();
    broker.close();
  }

  private MeshClient connect(TestMember member, RecordingListener listener) {
    Identity who =
        new Identity(
            broker.wsUrl(),
            member.meshId(),
            member.id(),
            member.key(),
            Optional.of(Keys.generate()));
    MeshClient client =
        MeshClient.builder(who, HelloDetails.ofThisProcess(Purpose.SESSION))
            .listener(listener)
            .limits(QUICK)
            .clock(broker.clock())
            .start();
    client.ready(Duration.ofSeconds(30));
    return client;
  }

  private void send(String text) {
    sent.add(ann.send(Outgoing.of(bob.identity().address().hex(), text)));
  }

  /// Sends as somebody whose client does not repeat; returns what the broker says.
  private String said(String text) {
    cat.send(
        TestSocket.object("send")
            .put("id", "f")
            .put("targetSpec", bob.identity().address().hex())
            .put("priority", "next")
            .put("nonce", "A".repeat(32))
            .put("enc", "box")
            .put("ciphertext", text));
    return cat.next(frame -> frame.path("id").asString("").equals("f"))
        .path("code")
        .asString("accepted");
  }

  private void everythingArrives() {
    for (int i = 0; i < sent.size(); i++) {
      sent.get(i).orTimeout(30, TimeUnit.SECONDS).join();
      assertThat(told.message().text()).startsWith("message " + i + " ");
    }
  }

  @Test
  void what_the_database_says_of_a_full_disk_is_busy_and_passes() {
    DSLContext dsl = broker.database().dsl();
    send("message 0 before");
    everythingArrives();
    dsl.execute(
        "create function mesh.no_room() returns trigger language plpgsql as $$ begin raise"
            + " exception 'no space' using errcode = '53100'; end $$");
    dsl.execute(
        "create trigger no_room before insert on mesh.message execute function mesh.no_room()");
    sent.clear();
    send("message 0 while full");
    send("message 1 while full");
    assertThat(said("eA==")).isEqualTo("busy");
    assertThat(said("eA==")).isEqualTo("busy");
    assertThat(sent).noneMatch(CompletableFuture::isDone);

    dsl.execute("drop trigger no_room on mesh.message");

    everythingArrives();
    assertThat(said("eA==")).isEqualTo("accepted");
  }

  @Test
  void messages_wait_while_the_disk_is_really_full_and_arrive_in_order_when_there_is_room(
      @TempDir Path folder) throws IOException, InterruptedException {
    DSLContext dsl = broker.database().dsl();
    Path server = Path.of((String) dsl.fetchValue("show data_directory"));
    assumeTrue(Files.isReadable(server), "the server is on this machine, and ours to look into");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.toString()),
        "this user may mount");
    try {
      Path small = Files.createDirectory(folder.resolve("small"));
      Files.setAttribute(small, "unix:uid", Files.getAttribute(server, "unix:uid"));
      dsl.execute("create tablespace small location '" + small + "'");
      dsl.execute("alter table mesh.message set tablespace small");
      fill();
      assertThat(sent.getFirst()).isCompleted();
      assertThat(sent.getLast()).isNotDone();

      assertThat(run("mount", "-o", "remount,size=64m", folder.toString())).isTrue();

      everythingArrives();
      dsl.execute("alter table mesh.message set tablespace pg_default");
      dsl.execute("drop tablespace small");
    } finally {
      run("umount", "--lazy", folder.toString());
    }
  }

  private void fill() {
    byte[] noise = new byte[20_000];
    Random random = new Random(1);
    for (int i = 0; i < 100; i++) {
      random.nextBytes(noise);
      send("message " + i + " " + Base64.getEncoder().encodeToString(noise));
    }
    while (!said("eA==").equals("busy")) {}
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }
}
