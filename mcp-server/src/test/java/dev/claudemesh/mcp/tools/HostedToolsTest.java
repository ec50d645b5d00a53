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
import dev.claudemesh.protocol.messaging.Encryption;
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
    host = lend();
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

  private ToolHost lend() {
    ToolHost started =
        ToolHost.start(
            client(ada, Purpose.HOST),
            new MeshListener() {
              @Override
              public void connected(HelloAck hello) {
                connections.add(hello);
              }
            },
            new ToolHost.Offer("tools", "for tests", server.tools(), false, false),
            Optional.of(folder.resolve("known-" + ada.meshId())),
            server,
            served::add);
    started.ready(LONG);
    return started;
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

  private static JsonNode join(ToolHost.Work work) {
    return join(work.result());
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

  private ObjectNode toolCall(String tool) {
    return json("{'server_name':'tools','args':{}}")
        .put("mesh", bob.meshSlug())
        .put("tool_name", tool);
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
    eventually("the last step", () -> steps.stream().anyMatch(step -> step.done() == 3));
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
    TestMember adas = ada.withSession();
    try (TestSocket own = broker.connect(adas)) {
      Boxed boxed = boxed("own", "hang", "own call", broker.clock().millis(), adas);
      own.send(
          TestSocket.object("mcp_call")
              .put("serverName", "tools")
              .put("toolName", "hang")
              .put("enc", "box")
              .put("nonce", boxed.nonce())
              .put("ciphertext", boxed.ciphertext())
              .put("_reqId", "c"));
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

  private Boxed boxed(String callId, String tool, String text, long at, TestMember by) {
    ObjectNode content = json("{'serverName':'tools'}").put("callId", callId).put("toolName", tool);
    if (at > 0) {
      content.put("at", at);
    }
    content.putObject("args").put("text", text);
    String key =
        bobs.ask(new ServiceRequest.ListServers(Optional.of("tools")))
            .servers()
            .getFirst()
            .hostPubkey()
            .orElseThrow();
    return Keys.box(content.toString(), new PublicKey(key), by.session().orElseThrow());
  }

  private void send(String tool, Boxed boxed) {
    bobs.ask(
        new ServiceRequest.Call(
            "tools",
            tool,
            Optional.empty(),
            Optional.of("any"),
            Optional.empty(),
            Optional.empty(),
            Optional.of(Encryption.BOX),
            Optional.of(boxed.nonce()),
            Optional.of(boxed.ciphertext())));
  }

  private Optional<String> next() throws InterruptedException {
    return served.poll(30, TimeUnit.SECONDS).problem();
  }

  @Test
  void a_call_that_comes_twice_is_carried_out_once() throws Exception {
    Boxed boxed = boxed("same-id", "echo", "hi", broker.clock().millis(), bob);
    send("count", boxed);
    assertThat(next()).as("another tool").isPresent();
    send("echo", boxed);
    assertThat(next()).as("the first time").isEmpty();
    send("echo", boxed);
    assertThat(next()).as("the second time").get().asString().contains("came twice");
    host.close();
    host = lend();
    send("echo", boxed);
    assertThat(next()).as("after a restart").get().asString().contains("came twice");
  }

  @Test
  void a_call_that_is_old_or_does_not_say_when_it_was_made_is_not_carried_out() throws Exception {
    send("echo", boxed("old", "echo", "", broker.clock().millis() - 301_000, bob));
    assertThat(next()).get().asString().contains("Set the clocks");
    send("echo", boxed("ahead", "echo", "", broker.clock().millis() + 310_000, bob));
    assertThat(next()).get().asString().contains("Set the clocks");
    send("echo", boxed("timeless", "echo", "", 0, bob));
    assertThat(next()).get().asString().contains("does not say when");
    send("echo", boxed("well", "echo", "", broker.clock().millis() - 290_000, bob));
    assertThat(next()).isEmpty();
  }

  @Test
  void a_call_in_clear_is_not_carried_out() {
    try (TestSocket old = broker.connect(ada.withSession())) {
      ObjectNode refused =
          old.ask(
              TestSocket.json(
                  "{'type':'mcp_call','serverName':'tools','toolName':'echo','args':{'text':'x'}}"));
      assertThat(refused.path("error").asString()).contains("--allow-unencrypted");
    }
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
    Membership down =
        new Membership(
            "no-such-mesh",
            bob.id(),
            "down",
            "down",
            bob.key(),
            java.net.URI.create("ws://127.0.0.1:1/ws"),
            Instant.EPOCH,
            Optional.empty(),
            List.of());
    new ConfigFolder(config).config(warning -> {}).update(all -> all.with(membership).with(down));
    try (StdioServer session =
        StdioServer.start(
            SessionProgram.command(config),
            Map.of("HOME", config.toString()),
            "test",
            line -> {})) {
      assertThat(session.tools().stream().map(ServiceRequest.ToolOffer::name))
          .contains("mesh_mcp_register", "mesh_mcp_list", "mesh_tool_call", "mesh_mcp_remove");
      assertThat(text(join(session.call("mesh_tool_call", toolCall("count"), Optional.empty()))))
          .contains("<claudemesh-tool-result server=\"tools\"", "counted");
      JsonNode failed = join(session.call("mesh_tool_call", toolCall("fail"), Optional.empty()));
      assertThat(failed.path("isError").asBoolean()).isTrue();
      assertThat(text(failed))
          .startsWith("<claudemesh-tool-result server=\"tools\" tool=\"fail\" status=\"failed\">\n")
          .contains("it went wrong")
          .endsWith("\n</claudemesh-tool-result>");
      JsonNode host =
          join(
              session.call(
                  "mesh_tool_call",
                  toolCall("large").set("args", json("{'size':900000}")),
                  Optional.empty()));
      assertThat(host.path("isError").asBoolean()).isTrue();
      assertThat(text(host)).startsWith("<claudemesh-tool-result").contains("700 KiB");
      List<Progress> steps = new java.util.concurrent.CopyOnWriteArrayList<>();
      ToolHost.Work counting =
          session.call(
              "mesh_tool_call",
              toolCall("count").set("args", json("{'text':'and wait'}")),
              Optional.of(steps::add));
      eventually("the last step", () -> steps.stream().anyMatch(step -> step.done() == 3));
      counting.takeBack().run();
      assertThat(text(join(session.call("mesh_mcp_list", json("{}"), Optional.empty()))))
          .contains("tools (of owner) for tests", "\n  echo: Does echo")
          .contains("[down] not asked: ");
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
      ToolHost.Work call =
          session.call(
              "mesh_tool_call",
              toolCall("hang").set("args", json("{'text':'from a session'}")),
              Optional.empty());
      eventually("the server has the call", () -> wasSent("from a session"));
      call.takeBack().run();
      eventually("the server heard", () -> wasSent("notifications/cancelled"));
    }
  }
}
