package dev.claudemesh.mcp.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMember;
import dev.claudemesh.broker.TestSocket;
import dev.claudemesh.protocol.Event;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.ClientLimits;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Identity;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.messaging.Encryption;
import dev.claudemesh.protocol.services.ServiceReply;
import dev.claudemesh.protocol.services.ServiceRequest.ListServers;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
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
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A host whose tools do what a test says, on a real broker.
class ToolHostTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final ClientLimits QUICK =
      ClientLimits.SESSION.withPauses(Duration.ofMillis(20), Duration.ofMillis(200));

  private static TestBroker broker;

  private final BlockingQueue<ToolHost.Served> served = new LinkedBlockingQueue<>();
  private final List<Done> begun = new CopyOnWriteArrayList<>();
  private final List<Problem> warnings = new CopyOnWriteArrayList<>();
  private final ToolCaller caller = new ToolCaller();
  private TestMember ada;
  private ToolHost host;
  private MeshClient adas;

  /// What the tools were asked for; `takenBack` completes when nobody waits any more.
  private record Done(
      ObjectNode arguments,
      Optional<Consumer<Progress>> progress,
      CompletableFuture<JsonNode> result,
      CompletableFuture<Void> takenBack) {}

  @BeforeAll
  static void start() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void adaLends() {
    ada = broker.mesh("tools").withSession();
    host = lend(ada);
    host.ready(LONG);
    adas =
        client(ada.withSession(), Purpose.SESSION)
            .listener(
                new MeshListener() {
                  @Override
                  public void event(Event event) {
                    caller.event(event);
                  }
                })
            .start();
    adas.ready(LONG);
  }

  private ToolHost lend(TestMember member) {
    return ToolHost.start(
        client(member, Purpose.HOST),
        new MeshListener() {
          @Override
          public void warned(Problem problem) {
            warnings.add(problem);
          }
        },
        new ToolHost.Offer("tools", "for tests", List.of(tool("work")), true, true),
        Optional.empty(),
        this::carryOut,
        served::add);
  }

  private static ToolOffer tool(String name) {
    return new ToolOffer(name, Optional.empty(), Optional.empty());
  }

  private ToolHost.Work carryOut(
      String tool, ObjectNode arguments, Optional<Consumer<Progress>> progress) {
    if (arguments.has("throw")) {
      throw new IllegalStateException("a fault of the library");
    }
    Done done = new Done(arguments, progress, new CompletableFuture<>(), new CompletableFuture<>());
    begun.add(done);
    return new ToolHost.Work(done.result(), () -> done.takenBack().complete(null));
  }

  @AfterEach
  void leave() {
    adas.close(Duration.ZERO);
    host.close();
  }

  private static MeshClient.Builder client(TestMember member, Purpose purpose) {
    Identity identity =
        new Identity(broker.wsUrl(), member.meshId(), member.id(), member.key(), member.session());
    return MeshClient.builder(identity, HelloDetails.ofThisProcess(purpose).named(member.name()))
        .limits(QUICK)
        .clock(broker.clock());
  }

  private ToolCaller.Call begin(String argument, Consumer<Progress> told) {
    return caller.begin(
        adas,
        new ToolCaller.Wish(
            "tools",
            "work",
            Wire.mapper().createObjectNode().put(argument, 1),
            Optional.empty(),
            Optional.ofNullable(told)));
  }

  private static <T> T join(CompletableFuture<T> future) {
    try {
      return future.orTimeout(LONG.toSeconds(), TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof Problem problem ? problem : e;
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

  private static JsonNode text(String text) {
    return Wire.mapper().valueToTree(text);
  }

  private List<ToolCaller.Call> sixteen() {
    List<ToolCaller.Call> calls = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      calls.add(begin("first", null));
    }
    eventually("sixteen are carried out", () -> begun.size() == 16);
    return calls;
  }

  @Test
  void a_call_that_is_taken_back_while_it_waits_is_not_carried_out() throws Exception {
    sixteen();
    ToolCaller.Call waiting = begin("waiting", null);
    ToolCaller.Call next = begin("next", null);
    waiting.cancel().run();
    assertThatThrownBy(() -> join(waiting.result())).hasMessageContaining("cancelled");
    begun.getFirst().result().complete(text("done"));
    eventually("one more", () -> begun.size() == 17);
    begun.getLast().result().complete(text("done"));
    assertThat(join(next.result()).stringValue()).isEqualTo("done");
    assertThat(begun).noneMatch(done -> done.arguments().has("waiting"));
    eventually("it is told of", () -> served.size() == 3);
    assertThat(served).anyMatch(one -> one.problem().equals(Optional.of("taken back")));
  }

  @Test
  void a_call_that_is_taken_back_keeps_its_place_until_the_tool_answers_or_for_10_s() {
    List<ToolCaller.Call> calls = sixteen();
    ToolCaller.Call next = begin("next", null);
    calls.getFirst().cancel().run();
    assertThatThrownBy(() -> join(calls.getFirst().result())).hasMessageContaining("cancelled");
    Done takenBack =
        begun.stream().filter(one -> one.takenBack().isDone()).findFirst().orElseThrow();
    assertThat(begun).as("the tool is still at work").hasSize(16);
    takenBack.result().complete(text("too late"));
    eventually("its place is free", () -> begun.size() == 17);
    ToolCaller.Call last = begin("last", null);
    calls.get(1).cancel().run();
    eventually("after 10 s", () -> begun.size() == 18);
    assertThat(next.result()).isNotDone();
    assertThat(last.result()).isNotDone();
  }

  @Test
  void a_call_that_is_taken_back_at_once_is_taken_back() {
    try (TestSocket socket = broker.connect(ada.withSession())) {
      for (int i = 0; i < 200; i++) {
        socket.send(
            TestSocket.object("mcp_call")
                .put("serverName", "tools")
                .put("toolName", "work")
                .put("callId", "c" + i));
        socket.send(TestSocket.object("mcp_call_cancel").put("callId", "c" + i));
      }
      eventually(
          "all are over",
          () -> {
            begun.stream()
                .filter(done -> done.takenBack().isDone())
                .forEach(done -> done.result().complete(text("too late")));
            return served.size() == 200;
          });
      assertThat(served).allMatch(one -> one.problem().equals(Optional.of("taken back")));
    }
  }

  @Test
  void a_flood_of_steps_costs_neither_the_newest_step_nor_the_result() {
    List<Progress> steps = new CopyOnWriteArrayList<>();
    ToolCaller.Call call = begin("flood", steps::add);
    eventually("it is carried out", () -> begun.size() == 1);
    Consumer<Progress> told = begun.getFirst().progress().orElseThrow();
    for (int i = 1; i <= 5_000; i++) {
      told.accept(new Progress(i, Optional.empty(), Optional.of("step " + i)));
    }
    eventually("the newest", () -> steps.stream().anyMatch(step -> step.done() == 5_000));
    assertThat(steps)
        .hasSizeLessThan(1_000)
        .isSortedAccordingTo(java.util.Comparator.comparing(Progress::done));
    begun.getFirst().result().complete(text("done"));
    assertThat(join(call.result()).stringValue()).isEqualTo("done");
  }

  @Test
  void a_fault_below_is_an_answer_too() throws Exception {
    ToolCaller.Call call = begin("throw", null);
    assertThatThrownBy(() -> join(call.result())).hasMessage("a fault of the library");
    assertThat(served.poll(30, TimeUnit.SECONDS).problem()).contains("a fault of the library");
  }

  @Test
  void words_of_an_error_are_cut_between_characters() {
    ToolCaller.Call call = begin("fail", null);
    eventually("it is carried out", () -> begun.size() == 1);
    String faces = "\ud83d\ude00".repeat(5_000);
    begun.getFirst().result().completeExceptionally(new IllegalStateException(faces));
    assertThatThrownBy(() -> join(call.result()))
        .satisfies(problem ->
            assertThat(problem.getMessage()).endsWith("\ud83d\ude00…").hasSizeLessThan(4_001));
  }

  @Test
  void a_call_to_a_host_that_opens_no_boxes_says_that_it_was_not_encrypted() {
    try (TestSocket old = broker.connect(ada.withSession())) {
      old.ask(
          TestSocket.json(
              "{'type':'mcp_register','serverName':'old','description':'','tools':[{'name':'t'}]}"));
      ToolCaller.Wish wish =
          new ToolCaller.Wish(
              "old", "t", Wire.mapper().createObjectNode(), Optional.empty(), Optional.empty());
      assertThat(caller.begin(adas, wish).encrypted()).isFalse();
    }
    assertThat(begin("boxed", null).encrypted()).isTrue();
  }

  @Test
  void no_call_is_made_in_clear_because_a_key_is_none() {
    for (Optional<String> key : List.of(Optional.<String>empty(), Optional.of("none"))) {
      ServiceReply.Server server =
          new ServiceReply.Server(
              "tools",
              "",
              "ada",
              List.of(),
              true,
              Optional.empty(),
              key,
              Optional.empty(),
              Optional.of(Encryption.BOX),
              Optional.empty());
      assertThatThrownBy(() -> ToolCaller.box(adas.identity(), server))
          .hasMessageContaining("the call was not made");
    }
  }

  @Test
  void a_registration_that_fails_once_is_tried_again() {
    host.close();
    broker.database().dsl().execute("alter table mesh.hosted_server rename to away");
    host = lend(ada);
    try {
      eventually("it failed", () -> !warnings.isEmpty());
    } finally {
      broker.database().dsl().execute("alter table mesh.away rename to hosted_server");
    }
    host.ready(LONG);
    assertThat(adas.ask(new ListServers(Optional.of("tools"))).servers().getFirst().online())
        .isTrue();
    assertThat(host.ended()).isNotDone();
  }

  @Test
  void a_host_whose_tools_were_taken_off_ends() {
    adas.ask(new dev.claudemesh.protocol.services.ServiceRequest.Unregister("tools"));
    assertThat(join(host.ended()).getMessage()).contains("tools was taken off the mesh");
  }

  @Test
  void a_host_whose_name_is_lent_from_another_machine_ends() {
    ToolHost other = lend(ada.withSession());
    try {
      other.ready(LONG);
      Problem why = join(host.ended());
      assertThat(why.code()).isEqualTo(ProblemCode.EXISTS);
      assertThat(why.getMessage()).contains("lent from another machine");
      assertThat(other.ended()).isNotDone();
    } finally {
      other.close();
    }
  }

  @Test
  void tools_that_change_are_listed_as_they_are_now() {
    host.replace(List.of(tool("work"), tool("more")));
    eventually(
        "both are listed",
        () ->
            adas.ask(new ListServers(Optional.of("tools"))).servers().getFirst().tools().size()
                == 2);
    assertThat(host.ended()).isNotDone();
  }
}
