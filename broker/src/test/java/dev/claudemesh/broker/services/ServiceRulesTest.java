package dev.claudemesh.broker.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.broker.kernel.Grants;
import dev.claudemesh.broker.kernel.LimitsConfig;
import dev.claudemesh.broker.kernel.Member;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.broker.services.HostedServer.Host;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import dev.claudemesh.protocol.services.ServiceReply;
import dev.claudemesh.protocol.services.ServiceRequest.Call;
import dev.claudemesh.protocol.services.ServiceRequest.Register;
import dev.claudemesh.protocol.services.ServiceRequest.ToolOffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ServiceRulesTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final PublicKey ADA = new PublicKey("aa".repeat(32));
  private static final PublicKey BOB = new PublicKey("bb".repeat(32));
  private static final PublicKey OTHER_SESSION = new PublicKey("ac".repeat(32));
  private static final LimitsConfig.Services LIMITS = LimitsConfig.Services.DEFAULTS;

  private static Member member(PublicKey key, String name, boolean admin, Grants grants) {
    return new Member(
        "id-" + name, "mesh", "mesh", key, name, admin, false, Permissions.MEMBER, grants);
  }

  private static Member ada(Grants grants) {
    return member(ADA, "ada", false, grants);
  }

  private static Peer peer(PublicKey address, Purpose purpose, Set<String> capabilities) {
    Peer.Client client =
        new Peer.Client(
            "s",
            1,
            "/",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            capabilities);
    Peer.State state =
        new Peer.State(
            Optional.empty(),
            NOW,
            "ada",
            Status.IDLE,
            StatusSource.JSONL,
            NOW,
            Optional.empty(),
            List.of(),
            Profile.EMPTY,
            Map.of(),
            true,
            NOW,
            NOW);
    return new Peer(
        "p", ada(Grants.DEFAULT), address, Optional.of(address), purpose, client, NOW, state);
  }

  private static ToolOffer tool(String name, String description) {
    return new ToolOffer(
        name, Optional.of(description), Optional.of(json("{\"type\":\"object\"}")));
  }

  private static HostedServer server(Optional<Instant> offlineSince, ToolOffer... tools) {
    return new HostedServer(
        "mesh",
        "echo",
        "id-ada",
        "for tests",
        List.of(tools),
        true,
        true,
        new Host("ada", ADA.hex(), "p"),
        NOW,
        offlineSince);
  }

  private static JsonNode json(String text) {
    return Wire.mapper().readTree(text);
  }

  private static Register register(String name, ToolOffer... tools) {
    return new Register(name, "for tests", List.of(tools), Optional.empty(), Optional.empty());
  }

  private static Call call(Optional<JsonNode> args, Optional<String> callId, Optional<String> box) {
    return new Call(
        "echo",
        "say",
        args,
        callId,
        callId.isEmpty() ? Optional.of(true) : Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        box);
  }

  @Test
  void a_command_lends_nothing_and_a_session_or_a_host_does() {
    for (Purpose purpose : Purpose.values()) {
      Peer peer = peer(ADA, purpose, Set.of());
      Runnable check =
          () -> ServiceRules.checkRegistration(register("echo", tool("say", "")), peer, LIMITS);
      if (purpose == Purpose.SESSION || purpose == Purpose.HOST) {
        assertThatCode(check::run).as("%s", purpose).doesNotThrowAnyException();
      } else {
        assertThatThrownBy(check::run)
            .as("%s", purpose)
            .hasMessageContaining("claudemesh mcp host");
      }
    }
  }

  @Test
  void a_server_has_a_name_that_can_be_typed_and_tools_of_different_names_that_are_not_too_much() {
    Peer host = peer(ADA, Purpose.HOST, Set.of());
    for (String name : List.of(" ", "a\nb", "a\u202eb", "\n\nrm -rf\n", "a\u2028b", "\u2029")) {
      assertThatThrownBy(
              () -> ServiceRules.checkRegistration(register(name, tool("say", "")), host, LIMITS))
          .hasMessageContaining("serverName");
    }
    assertThatThrownBy(() ->
            ServiceRules.checkRegistration(
                register("echo", tool("say", "a"), tool("say", "b")), host, LIMITS))
        .hasMessageContaining("alike");
    ToolOffer[] many = new ToolOffer[50];
    for (int i = 0; i < many.length; i++) {
      many[i] = tool("t" + i, "x".repeat(6_000));
    }
    assertThatThrownBy(() -> ServiceRules.checkRegistration(register("echo", many), host, LIMITS))
        .isInstanceOf(Problem.class)
        .hasMessageContaining("at most 262144");
  }

  @Test
  void only_who_was_granted_tools_may_call_and_ones_own_sessions_always_may() {
    Member bob = member(BOB, "bob", false, Grants.DEFAULT);
    Member named = member(BOB, "Bob the \"builder\"", false, Grants.DEFAULT);
    Grants open = new Grants(Map.of(BOB.hex(), Set.of("tools")));
    Grants rest = new Grants(Map.of(BOB.hex(), Set.of("read", "dm", "broadcast", "file-read")));
    assertThatCode(() -> ServiceRules.checkGrant(ada(open), bob)).doesNotThrowAnyException();
    assertThatCode(() -> ServiceRules.checkGrant(ada(rest), ada(rest))).doesNotThrowAnyException();
    for (Grants closed : List.of(Grants.DEFAULT, rest)) {
      assertThatThrownBy(() -> ServiceRules.checkGrant(ada(closed), bob))
          .hasMessageEndingWith("claudemesh grant bob tools");
    }
    assertThatThrownBy(() -> ServiceRules.checkGrant(ada(rest), named))
        .hasMessageEndingWith("claudemesh grant \"Bob the builder\" tools");
  }

  @Test
  void a_server_is_taken_off_by_its_member_or_an_admin() {
    HostedServer echo = server(Optional.empty());
    ServiceRules.checkRemoval(echo, ada(Grants.DEFAULT));
    ServiceRules.checkRemoval(echo, member(BOB, "bob", true, Grants.DEFAULT));
    assertThatThrownBy(
            () -> ServiceRules.checkRemoval(echo, member(BOB, "bob", false, Grants.DEFAULT)))
        .isInstanceOf(Problem.class);
  }

  @Test
  void a_server_comes_home_to_its_session_and_only_old_clients_take_up_what_another_left() {
    HostedServer online = server(Optional.empty());
    HostedServer offline = server(Optional.of(NOW));
    Set<String> keepsKey = Set.of("resume");
    for (Purpose purpose : List.of(Purpose.SESSION, Purpose.HOST)) {
      assertThat(ServiceRules.comesHome(offline, peer(ADA, purpose, keepsKey))).isTrue();
      assertThat(ServiceRules.comesHome(online, peer(ADA, purpose, keepsKey))).isTrue();
      assertThat(ServiceRules.comesHome(offline, peer(OTHER_SESSION, purpose, keepsKey))).isFalse();
      assertThat(ServiceRules.comesHome(offline, peer(OTHER_SESSION, purpose, Set.of()))).isTrue();
      assertThat(ServiceRules.comesHome(online, peer(OTHER_SESSION, purpose, Set.of()))).isFalse();
    }
    assertThat(ServiceRules.comesHome(offline, peer(ADA, Purpose.COMMAND, keepsKey))).isFalse();
  }

  @Test
  void others_hear_of_what_is_new_and_not_of_a_host_that_says_it_again() {
    HostedServer now = server(Optional.empty(), tool("say", "a"));
    assertThat(ServiceRules.isNews(Optional.empty(), now)).isTrue();
    assertThat(ServiceRules.isNews(Optional.of(now), now)).isFalse();
    assertThat(ServiceRules.isNews(Optional.of(server(Optional.of(NOW), tool("say", "a"))), now))
        .isTrue();
    assertThat(ServiceRules.isNews(Optional.of(server(Optional.empty(), tool("say", "b"))), now))
        .isTrue();
    HostedServer elsewhere =
        new HostedServer(
            "mesh",
            "echo",
            "id-ada",
            "for tests",
            List.of(tool("say", "a")),
            true,
            true,
            new Host("ada", OTHER_SESSION.hex(), "q"),
            NOW,
            Optional.empty());
    assertThat(ServiceRules.isNews(Optional.of(elsewhere), now))
        .as("the host that had it hears that it has it no longer")
        .isTrue();
  }

  @Test
  void progress_gives_a_call_time_again_and_never_more_than_the_longest() {
    long seed = Long.getLong("seed", System.nanoTime());
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      Duration patience = Duration.ofMillis(1_000 + random.nextInt(600_000));
      Instant now = NOW;
      Instant deadline = ServiceRules.deadline(NOW, now, patience, LIMITS);
      while (deadline.isAfter(now) && random.nextInt(50) > 0) {
        now = now.plusMillis(random.nextLong(Duration.between(now, deadline).toMillis()));
        Instant next = ServiceRules.deadline(NOW, now, patience, LIMITS);
        assertThat(next)
            .as("seed %d round %d", seed, round)
            .isAfterOrEqualTo(deadline)
            .isBeforeOrEqualTo(NOW.plus(LIMITS.longest()))
            .isBeforeOrEqualTo(now.plus(patience));
        deadline = next;
      }
    }
    assertThat(ServiceRules.timedOut(Duration.ofSeconds(30))).isEqualTo("MCP call timed out (30s)");
  }

  @Test
  void arguments_are_an_object_of_bounded_size_and_progress_needs_an_id() {
    Optional<String> id = Optional.of("c1");
    ServiceRules.checkCall(call(Optional.of(json("{\"a\":1}")), id, Optional.empty()), LIMITS);
    assertThatThrownBy(() ->
            ServiceRules.checkCall(call(Optional.of(json("[1]")), id, Optional.empty()), LIMITS))
        .hasMessageContaining("object");
    assertThatThrownBy(() ->
            ServiceRules.checkCall(
                call(Optional.empty(), Optional.empty(), Optional.empty()), LIMITS))
        .hasMessageContaining("callId");
    String large = "x".repeat(LIMITS.argumentBytes());
    assertThatThrownBy(() ->
            ServiceRules.checkCall(
                call(Optional.of(json("{\"a\":\"" + large + "\"}")), id, Optional.empty()), LIMITS))
        .hasMessageContaining("at most " + LIMITS.argumentBytes());
    assertThatThrownBy(() ->
            ServiceRules.checkCall(call(Optional.empty(), id, Optional.of(large + "x")), LIMITS))
        .hasMessageContaining("at most " + LIMITS.argumentBytes());
  }

  @Test
  void a_list_shows_the_beginning_of_a_description_and_whoever_asks_for_a_server_sees_all_of_it() {
    ToolOffer long_ = tool("say", "a\n\tb " + "x".repeat(197) + "😀 and more");
    ServiceReply.Tool brief = ServiceRules.listed(long_, false);
    assertThat(brief.description()).startsWith("a b xxx").endsWith("x…").hasSizeLessThan(201);
    assertThat(brief.inputSchema()).isEmpty();
    ServiceReply.Tool full = ServiceRules.listed(long_, true);
    assertThat(full.description()).isEqualTo(long_.description().orElseThrow());
    assertThat(full.inputSchema()).isPresent();
  }

  @Test
  void who_asks_for_a_tool_that_is_not_there_is_told_which_are() {
    HostedServer echo = server(Optional.empty(), tool("say", ""), tool("sing", ""));
    ServiceRules.checkTool(echo, "sing");
    assertThatThrownBy(() -> ServiceRules.checkTool(echo, "dance"))
        .hasMessageContaining("say, sing");
  }
}
