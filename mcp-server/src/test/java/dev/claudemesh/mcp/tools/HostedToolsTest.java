package dev.claudemesh.mcp.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.broker.client.Relay;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.config.ConfigFolder;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.ConnectionReply.HelloAck;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Boxed;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.services.ServiceRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tools of a real MCP server, lent over a real broker and called from the other end.
class HostedToolsTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ClientLimits QUICK =
      ClientLimits.SESSION.withPauses(Duration.ofMillis(20), Duration.ofMillis(200));

  private static TestBroker broker;
  private static StdioServer server;

  @TempDir private static Path folder;

  private final BlockingQueue<ToolHost.Served> served = new LinkedBlockingQueue<>();
  private final BlockingQueue<HelloAck> connections = new LinkedBlockingQueue<>();
  private final ToolCaller caller = new ToolCaller();
  private TestMember ada;
  private TestMember bob;
  private Relay relay;
  private ToolHost host;
  private MeshClient bobs;

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
    server =
        StdioServer.start(
            ToolServerProgram.command(), Map.of("LOG", log().toString()), "test", line -> {});
  }

  @AfterAll
  static void stop() {
    server.close();
    broker.close();
  }

  private static Path log() {
    return folder.resolve("sent-to-the-server");
  }

  @BeforeEach
  void adaLendsAndBobIsAllowed() throws IOException {
    ada = broker.mesh("tools").withSession();
    bob = broker.member(ada, "bob").withSession();
    relay = new Relay(() -> broker.broker().port());
    host =
        ToolHost.start(
            client(ada, Purpose.HOST),
            new MeshListener() {
              @Override
              public void connected(HelloAck hello) {
                connections.add(hello);
              }
            },
            new ToolHost.Offer("tools", "for tests", server.tools(), false),
            server,
            served::add);
    host.ready(LONG);
    grant("tools");
    bobs =
        client(bob, Purpose.SESSION)
            .listener(
                new MeshListener() {
                  @Override
                  public void event(Event event) {
                    caller.event(event);
                  }
                })
            .start();
    bobs.ready(LONG);
  }

  @AfterEach
  void leave() {
    host.close();
    bobs.close(Duration.ZERO);
    relay.close();
  }

  private void grant(String... capabilities) {
    try (MeshClient owner = client(ada.withSession(), Purpose.COMMAND).start()) {
      owner.ready(LONG);
      owner.ask(
          new MemberRequest.SetGrants(Map.of(bob.pubkey(), Optional.of(List.of(capabilities)))));
    }
  }

  private MeshClient.Builder client(TestMember member, Purpose purpose) {
    Identity identity =
        new Identity(relay.url(), member.meshId(), member.id(), member.key(), member.session());
    return MeshClient.builder(identity, HelloDetails.ofThisProcess(purpose).named(member.name()))
        .limits(QUICK)
        .clock(broker.clock());
  }

  private ToolCaller.Call begin(String tool, ObjectNode arguments, Consumer<Progress> told) {
    return caller.begin(
        bobs,
        new ToolCaller.Wish("tools", tool, arguments, Optional.empty(), Optional.ofNullable(told)));
  }

  private JsonNode call(String tool, ObjectNode arguments) {
    return join(begin(tool, arguments, null).result());
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Problem problem ? problem : e;
    }
  }

  private static ObjectNode json(String text) {
    return (ObjectNode) Wire.mapper().readTree(text.replace('\'', '"'));
  }

  private static String text(JsonNode result) {
    return result.path("content").path(0).path("text").asString();
  }

  private static ProblemCode code(Runnable call) {
    try {
      call.run();
      throw new AssertionError("it went well");
    } catch (Problem problem) {
      return problem.code();
    }
  }

  private static void eventually(String what, BooleanSupplier is) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!is.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("never: " + what);
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void arguments_results_errors_and_steps_pass_the_broker_unread() throws Exception {
    assertThat(text(call("echo", json("{'text':'canary-argument'}")))).isEqualTo("canary-argument");
    ToolHost.Served first = served.poll(30, TimeUnit.SECONDS);
    assertThat(first.caller()).isEqualTo("bob");
    assertThat(first.tool()).isEqualTo("echo");
    assertThat(first.encrypted()).isTrue();
    assertThat(first.problem()).isEmpty();
    JsonNode failed = call("fail", json("{}"));
    assertThat(failed.path("isError").asBoolean()).isTrue();
    call("count", json("{}"));
    List<Progress> steps = new java.util.concurrent.CopyOnWriteArrayList<>();
    ToolCaller.Call counting = begin("count", json("{'text':'and wait'}"), steps::add);
    eventually("three steps", () -> steps.size() == 3);
    counting.cancel().run();
    assertThat(steps.getLast())
        .isEqualTo(new Progress(3, Optional.of(3.0), Optional.of("secret step 3")));

    assertThat(relay.heard())
        .as("what the broker said is recorded")
        .contains("mcp_call_forward", "mcp_call_result", "mcp_call_progressed", "\"echo\"")
        .doesNotContain("canary", "it went wrong", "secret step", "counted");
    assertThat(dump()).contains("for tests").doesNotContain("canary");
  }

  private static String dump() {
    StringBuilder all = new StringBuilder();
    for (String table :
        broker
            .database()
            .dsl()
            .fetch("select tablename from pg_tables where schemaname = 'mesh'")
            .getValues(0, String.class)) {
      all.append(
          broker
              .database()
              .dsl()
              .fetch("select t::text from mesh." + table + " t")
              .getValues(0, String.class));
    }
    return all.toString();
  }

  @Test
  void the_server_gets_no_variable_that_it_was_not_meant_to_have() {
    assertThat(text(call("variables", json("{}"))).split(" "))
        .contains("PATH", "LOG")
        .allMatch(name ->
            List.of("HOME", "LOGNAME", "PATH", "SHELL", "TERM", "USER", "LOG").contains(name));
  }

  @Test
  void calls_go_side_by_side() {
    ToolCaller.Call slow = begin("hang", json("{}"), null);
    for (int i = 0; i < 5; i++) {
      assertThat(text(call("echo", json("{'text':'" + i + "'}")))).isEqualTo("" + i);
    }
    assertThat(slow.result()).isNotDone();
    slow.cancel().run();
    assertThat(code(() -> join(slow.result()))).isEqualTo(ProblemCode.TOOL_FAILED);
  }

  @Test
  void who_takes_a_call_back_is_answered_at_once_and_the_server_hears_of_it() throws Exception {
    Files.deleteIfExists(log());
    ToolCaller.Call call = begin("hang", json("{'text':'take me back'}"), null);
    eventually("the server has the call", () -> wasSent("take me back"));
    call.cancel().run();
    assertThatThrownBy(() -> join(call.result())).hasMessage("The call was cancelled");
    eventually("the server heard", () -> wasSent("notifications/cancelled"));
    assertThat(served.poll(30, TimeUnit.SECONDS).problem()).contains("taken back");
  }

  private static boolean wasSent(String text) {
    try {
      return ToolServerProgram.wasSent(log(), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void a_tool_that_does_not_answer_is_waited_for_no_longer_than_was_said() throws Exception {
    Files.deleteIfExists(log());
    ToolCaller.Call call = begin("hang", json("{'text':'too long'}"), null);
    eventually("the server has the call", () -> wasSent("too long"));
    broker.clock().advance(Duration.ofSeconds(31));
    broker.sweep();
    assertThatThrownBy(() -> join(call.result())).hasMessageContaining("timed out (30s)");
    eventually("the server heard", () -> wasSent("notifications/cancelled"));
  }

  @Test
  void what_is_too_large_is_refused_in_words_and_the_next_call_goes_through() {
    assertThatThrownBy(() -> call("large", json("{'size':900000}")))
        .hasMessageContaining("700 KiB");
    assertThat(text(call("large", json("{'size':700000}")))).hasSize(700_000);
    ObjectNode large = Wire.mapper().createObjectNode().put("text", "x".repeat(400_000));
    assertThat(code(() -> call("echo", large))).isEqualTo(ProblemCode.TOO_LARGE);
    assertThat(text(call("echo", json("{'text':'still here'}")))).isEqualTo("still here");
  }

  @Test
  void who_is_not_allowed_is_refused_before_the_host_hears_of_it() {
    grant("dm", "read");
    assertThat(code(() -> call("echo", json("{}")))).isEqualTo(ProblemCode.BLOCKED);
    assertThat(served).isEmpty();
  }

  @Test
  void a_host_comes_back_by_itself_and_callers_of_the_lost_connection_hear_of_it()
      throws Exception {
    connections.clear();
    Files.deleteIfExists(log());
    ToolCaller.Call lost = begin("hang", json("{}"), null);
    try (TestSocket own = broker.connect(ada.withSession())) {
      own.send(
          TestSocket.json(
              "{'type':'mcp_call','serverName':'tools','toolName':'hang','args':{'text':'own call'},'_reqId':'c'}"));
      eventually("the server has the call", () -> wasSent("own call"));
      relay.cut();
      ObjectNode told = own.next(frame -> frame.path("_reqId").asString("").equals("c"));
      assertThat(told.path("failure").asString()).isEqualTo("host_gone");
    }
    assertThat(code(() -> join(lost.result()))).isEqualTo(ProblemCode.UNREACHABLE);
    assertThat(connections.poll(30, TimeUnit.SECONDS)).isNotNull();
    bobs.ready(LONG);
    eventually(
        "it can be called again",
        () -> {
          try {
            return text(call("echo", json("{'text':'again'}"))).equals("again");
          } catch (Problem notYet) {
            return false;
          }
        });
  }

  @Test
  void a_call_that_comes_twice_is_carried_out_once() throws Exception {
    String callId = "same-id";
    PublicKey key =
        new PublicKey(
            bobs.ask(new ServiceRequest.ListServers(Optional.of("tools")))
                .servers()
                .getFirst()
                .hostPubkey()
                .orElseThrow());
    Boxed boxed =
        Keys.box(
            "{\"callId\":\"same-id\",\"serverName\":\"tools\",\"toolName\":\"echo\",\"args\":{\"text\":\"hi\"}}",
            key,
            bob.session().orElseThrow());
    for (String tool : List.of("count", "echo", "echo")) {
      bobs.ask(
          new ServiceRequest.Call(
              "tools",
              tool,
              Optional.empty(),
              Optional.of(callId),
              Optional.empty(),
              Optional.empty(),
              Optional.of(dev.claudemesh.protocol.messaging.Encryption.BOX),
              Optional.of(boxed.nonce()),
              Optional.of(boxed.ciphertext())));
    }
    assertThat(served.poll(30, TimeUnit.SECONDS).problem()).as("another tool").isPresent();
    assertThat(served.poll(30, TimeUnit.SECONDS).problem()).as("the first time").isEmpty();
    assertThat(served.poll(30, TimeUnit.SECONDS).problem()).as("the second time").isPresent();
  }

  @Test
  void an_answer_that_is_not_the_hosts_own_is_not_believed() {
    TestMember eve = bob.withSession();
    try (TestSocket fake = broker.connect(eve)) {
      fake.ask(
          TestSocket.json(
              "{'type':'mcp_register','serverName':'fake','description':'','enc':'box','tools':[{'name':'t'}]}"));
      ToolCaller.Wish wish =
          new ToolCaller.Wish("fake", "t", json("{}"), Optional.empty(), Optional.empty());
      ToolCaller.Call clear = caller.begin(bobs, wish);
      ObjectNode forward = fake.next("mcp_call_forward");
      assertThat(forward.path("args").isEmpty()).isTrue();
      fake.send(
          TestSocket.object("mcp_call_response")
              .put("callId", forward.path("callId").asString())
              .put("result", "in clear"));
      assertThat(code(() -> join(clear.result()))).isEqualTo(ProblemCode.UNDECRYPTABLE);

      ToolCaller.Call other = caller.begin(bobs, wish);
      String id = fake.next("mcp_call_forward").path("callId").asString();
      Boxed old =
          Keys.box(
              "{\"callId\":\"of another call\",\"result\":1}",
              new PublicKey(bob.address()),
              eve.session().orElseThrow());
      fake.send(
          TestSocket.object("mcp_call_response")
              .put("callId", id)
              .put("enc", "box")
              .put("nonce", old.nonce())
              .put("ciphertext", old.ciphertext()));
      assertThat(code(() -> join(other.result()))).isEqualTo(ProblemCode.UNDECRYPTABLE);
    }
  }

  @Test
  void a_session_calls_a_tool_hears_how_far_it_is_and_takes_it_back() throws Exception {
    Path config = Files.createDirectory(folder.resolve("config-" + bob.id()));
    Membership membership =
        new Membership(
            bob.meshId(),
            bob.id(),
            bob.meshSlug(),
            "tools",
            bob.key(),
            relay.url(),
            Instant.EPOCH,
            Optional.empty(),
            List.of());
    new ConfigFolder(config).config(warning -> {}).update(all -> all.with(membership));
    try (StdioServer session =
        StdioServer.start(
            SessionProgram.command(config),
            Map.of("HOME", config.toString()),
            "test",
            line -> {})) {
      assertThat(session.tools().stream().map(ServiceRequest.ToolOffer::name))
          .contains("mesh_mcp_register", "mesh_mcp_list", "mesh_tool_call", "mesh_mcp_remove");
      assertThat(
              text(
                  join(
                      session.call(
                          "mesh_tool_call",
                          json("{'server_name':'tools','tool_name':'count'}"),
                          Optional.empty()))))
          .contains("<claudemesh-tool-result server=\"tools\"", "counted");
      List<Progress> steps = new java.util.concurrent.CopyOnWriteArrayList<>();
      CompletableFuture<JsonNode> counting =
          session.call(
              "mesh_tool_call",
              json("{'server_name':'tools','tool_name':'count','args':{'text':'and wait'}}"),
              Optional.of(steps::add));
      eventually("three steps", () -> steps.size() == 3);
      counting.cancel(true);
      assertThat(text(join(session.call("mesh_mcp_list", json("{}"), Optional.empty()))))
          .contains("tools (of owner) for tests", "\n  echo: Does echo");
      assertThat(
              text(
                  join(
                      session.call(
                          "mesh_mcp_list", json("{'server_name':'tools'}"), Optional.empty()))))
          .contains("\n  echo {\"type\":\"object\"");
      JsonNode advice =
          join(
              session.call(
                  "mesh_mcp_register", json("{'server_name':'my tools'}"), Optional.empty()));
      assertThat(advice.path("isError").asBoolean()).isTrue();
      assertThat(text(advice)).contains("claudemesh mcp host 'my tools' --");

      Files.deleteIfExists(log());
      CompletableFuture<JsonNode> call =
          session.call(
              "mesh_tool_call",
              json("{'server_name':'tools','tool_name':'hang','args':{'text':'from a session'}}"),
              Optional.empty());
      eventually("the server has the call", () -> wasSent("from a session"));
      call.cancel(true);
      eventually("the server heard", () -> wasSent("notifications/cancelled"));
    }
  }
}
