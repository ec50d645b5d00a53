package dev.claudemesh.broker;

import static dev.claudemesh.broker.TestSocket.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.kernel.LimitsConfig.Rates;
import dev.claudemesh.broker.kernel.Permissions;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Tries every operation of the catalogue, over the socket and over HTTP, as those who may not: a
/// member of another mesh, a member who was removed, a member who lacks the permission. Whoever
/// adds an operation need not come here, unless a message says so.
@Timeout(60)
class EveryOperationTest {
  /// Operations that anyone may call, and why that gives nothing away. A new one must say so here.
  private static final Map<String, String> OPEN =
      Map.ofEntries(
          Map.entry("hello", "proves a member's key"),
          Map.entry("session_hello", "proves a member's statement"),
          Map.entry("join", "carries an invite"),
          Map.entry("claim_invite", "carries an invite's code"),
          Map.entry("preview_invite", "shows the mesh to whoever has the code"),
          Map.entry("invite_token", "carries an invite's code"),
          Map.entry("hook_set_status", "carries a session's id or token"),
          Map.entry("register_account", "an account has no right in any mesh"),
          Map.entry("login_account", "carries a password"),
          Map.entry("send_login_code", "mails a code, and tells nothing"),
          Map.entry("login_by_code", "carries a code from the mail"),
          Map.entry("reset_password", "carries a code from the mail"),
          Map.entry("cli_sync", "carries the token of an account"),
          Map.entry("cli_session_revoke", "carries the token that it ends"),
          Map.entry("start_device_login", "makes a code that gives nothing until it is approved"),
          Map.entry("device_login_status", "carries a secret code"),
          Map.entry("cli_device_code", "makes a code that gives nothing until it is approved"),
          Map.entry("cli_device_code_status", "carries a secret code"));

  /// What creating things for the walk must leave alone.
  private static final Set<String> NOT_PREPARED =
      Set.of(
          "hello", "session_hello", "goodbye", "rotate_key", "rename_mesh", "kick", "disconnect");

  /// Tables that hold nothing of any mesh.
  private static final Set<String> OF_NO_MESH =
      Set.of(
          "flyway_schema_history",
          "spent_proof",
          "pending_status",
          "http_nonce",
          "account",
          "account_code",
          "account_token",
          "account_event",
          "device_login");

  /// Tables whose rows belong to something that has a mesh.
  private static final Map<String, String> OF_SOMETHING =
      Map.of("skill_version", "skill_id in (select id from mesh.skill where mesh_id = ?)");

  private static TestBroker broker;
  private static BrokerHttp http;
  private static TestMember ada;
  private static TestMember bob;
  private static TestSocket a;
  private static TestSocket b;
  private static SampleRequests samples;
  private static Set<String> known;

  @BeforeAll
  static void start() {
    broker =
        TestBroker.start(
            Map.of("BROKER_ACCOUNTS", "true"),
            limits -> limits.withRates(new Rates(0, 1, 0, 1, 0, 1, 0, 30, 5)));
    http = new BrokerHttp(broker.wsUrl());
    ada = broker.mesh("canary mesh").withSession();
    bob = broker.member(ada, "canary bob").withSession();
    a = broker.connect(ada);
    b = broker.connect(bob);
    furnish();
    samples = new SampleRequests(broker.database().dsl(), ada.meshId());
    known = texts(ada);
    TestMember eve = broker.mesh("strange").withSession();
    try (TestSocket e = broker.connect(eve)) {
      known.removeAll(texts(eve));
      assertThat(e.isClosed()).isFalse();
    }
    assertThat(known).contains(ada.meshId(), bob.id(), bob.pubkey(), "canary mesh", "CANARY22");
  }

  @AfterAll
  static void stop() {
    a.close();
    b.close();
    http.close();
    broker.close();
  }

  /// Puts something of everything into the mesh: each operation that adds something is called with
  /// its sample, in full, or if that is refused with what it must have.
  private static void furnish() {
    a.send(
        object("send")
            .put("targetSpec", bob.address())
            .put("priority", "now")
            .put("nonce", "A".repeat(32))
            .put("ciphertext", "QUFBQQ==")
            .put("client_message_id", "canary-message")
            .put("id", "furnish"));
    a.next("ack");
    Catalog.operations().stream()
        .filter(op -> op.onSocket() && op.audited() && !NOT_PREPARED.contains(op.type()))
        .filter(op -> op.operation().effect() != Effect.DESTROY)
        .filter(op -> !op.type().equals("send") && !op.type().equals("mcp_call"))
        .forEach(op -> {
          if (isRefusal(a.ask(SampleRequests.golden(op)))) {
            a.ask(SampleRequests.bare(op));
          }
        });
    broker
        .database()
        .dsl()
        .query(
            "insert into mesh.invite (id, mesh_id, code, version, role, issuer_pubkey, created_at,"
                + " expires_at) select 'canary-invite', mesh_id, 'CANARY22', 2, 'member',"
                + " peer_pubkey, joined_at, joined_at + interval '7 days' from mesh.member"
                + " where id = ?",
            ada.id())
        .execute();
    a.drain();
    b.drain();
  }

  static Stream<Named<Catalog.Op>> everyOperation() {
    return Catalog.operations().stream().map(op -> Named.of(op.type(), op));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyOperation")
  void a_stranger_gets_and_changes_nothing(Catalog.Op op) {
    assertThat(op.operation().access() != Access.OPEN || OPEN.containsKey(op.type()))
        .as("%s may be called by anyone: say in OPEN why that gives nothing away", op.type())
        .isTrue();
    TestMember eve = broker.mesh("strange").withSession();
    Map<String, String> before = checksums();
    if (op.onSocket()) {
      try (TestSocket e = opens(op) ? broker.socket() : broker.connect(eve)) {
        ObjectNode request = opens(op) ? helloOf(op, eve, e) : aboutThem(op);
        ObjectNode answer = exchange(e, request);
        if (opens(op)) {
          assertThat(isRefusal(answer)).as("%s", answer).isTrue();
        }
        assertTellsNothing(request, answer);
      }
    }
    if (op.route().isPresent()) {
      ObjectNode request = aboutThem(op);
      for (String mesh : List.of(ada.meshId(), ada.meshSlug())) {
        JsonNode answer = call(op, request, eve.key(), mesh);
        if (hasMesh(op)) {
          assertThat(answer.path("code").asString()).as("%s", answer).isEqualTo("not_found");
        }
        assertTellsNothing(request.deepCopy().put("mesh", mesh), answer);
      }
    }
    assertThat(checksums()).isEqualTo(before);
    assertThat(heard(a)).isEmpty();
    assertThat(heard(b)).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("everyOperation")
  void who_was_removed_does_nothing_any_more(Catalog.Op op) {
    TestMember carl = broker.member(ada, "carl").withSession();
    try (TestSocket c = broker.connect(carl)) {
      assertThat(a.ask(object("ban").put("target", carl.id())).path("type").asString())
          .isEqualTo("ban_ack");
      Map<String, String> before = checksums();
      if (op.onSocket() && !opens(op)) {
        c.send(samples.about(op).put("_reqId", "late"));
      }
      assertThat(c.closed().code()).isEqualTo(4002);
      if (opens(op)) {
        try (TestSocket again = broker.socket()) {
          again.send(again.helloFrame(carl));
          assertThat(again.next().path("code").asString()).isEqualTo("revoked");
        }
      }
      if (op.route().isPresent()) {
        ObjectNode request = aboutThem(op);
        JsonNode answer = call(op, request, carl.key(), ada.meshId());
        if (hasMesh(op)) {
          assertThat(answer.path("code").asString()).as("%s", answer).isEqualTo("revoked");
        }
        assertTellsNothing(request.deepCopy().put("mesh", ada.meshId()), answer);
      }
      assertThat(checksums()).isEqualTo(before);
    }
    heard(a);
    heard(b);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("needPermission")
  void who_lacks_the_permission_is_told_which(Catalog.Op op) {
    String missing = permission(op.operation().access()).orElseThrow();
    TestMember dora = broker.member(ada, "dora").withSession();
    Map<String, Boolean> all = new TreeMap<>(Permissions.OWNER.toMap());
    all.computeIfPresent(missing, (name, had) -> false);
    ObjectNode grant = object("set_permissions").put("member_id", dora.id());
    grant.set("permissions", Wire.mapper().valueToTree(all));
    assertThat(isRefusal(a.ask(grant))).isFalse();
    try (TestSocket d = broker.connect(dora)) {
      heard(a);
      heard(b);
      Map<String, String> before = checksums();
      if (op.onSocket()) {
        assertForbidden(exchange(d, samples.about(op)), missing);
      }
      if (op.route().isPresent()) {
        assertForbidden(call(op, samples.about(op), dora.key(), ada.meshId()), missing);
      }
      assertThat(checksums()).isEqualTo(before);
      assertThat(heard(a)).isEmpty();
      assertThat(heard(b)).isEmpty();
    }
    a.ask(object("ban").put("target", dora.id()));
    heard(a);
    heard(b);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("needWhole")
  void a_session_that_was_given_no_permission_does_nothing_that_needs_one(Catalog.Op op) {
    Map<String, String> before;
    try (TestSocket narrow = broker.socket()) {
      ObjectNode hello = narrow.helloFrame(ada.withSession());
      hello.putArray("permissions");
      narrow.send(hello);
      String token = narrow.next("hello_ack").path("http_token").asString();
      heard(a);
      heard(b);
      before = checksums();
      if (op.onSocket()) {
        ObjectNode answer = exchange(narrow, samples.about(op));
        assertThat(answer.path("code").asString()).as("%s", answer).isEqualTo("forbidden");
      }
      if (op.route().isPresent()) {
        assertThat(byToken(op, token)).isEqualTo(403);
      }
      assertThat(checksums()).isEqualTo(before);
      narrow.ask(object("goodbye"));
    }
    assertThat(heard(a)).isEmpty();
    assertThat(heard(b)).isEmpty();
  }

  /// What a member may, but none of their sessions that has no permissions.
  static Stream<Named<Catalog.Op>> needWhole() {
    return everyOperation()
        .filter(op ->
            op.getPayload().operation().access() == Access.SELF
                || permission(op.getPayload().operation().access()).isPresent());
  }

  private static int byToken(Catalog.Op op, String token) {
    Catalog.Route route = op.route().orElseThrow();
    ObjectNode request = samples.about(op);
    String path =
        route.segments().stream()
            .map(segment -> {
              String name = segment.substring(segment.startsWith(":") ? 1 : 0);
              return !segment.startsWith(":")
                  ? segment
                  : name.equals("mesh") ? ada.meshId() : request.path(name).asString();
            })
            .reduce("", (before, segment) -> before + "/" + segment);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(
              HttpRequest.newBuilder(broker.httpUrl().resolve(path))
                  .header("Authorization", "Bearer " + token)
                  .method(route.method(), HttpRequest.BodyPublishers.ofString(request.toString()))
                  .build(),
              HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<Named<Catalog.Op>> needPermission() {
    return everyOperation()
        .filter(op -> permission(op.getPayload().operation().access()).isPresent());
  }

  /// What the refusal must name. A new way of access must say it here.
  private static Optional<String> permission(Access access) {
    return switch (access) {
      case OPEN, SIGNED, ACCOUNT, MEMBER, SELF -> Optional.empty();
      case SEND -> Optional.of("canSend");
      case WRITE -> Optional.of("canWriteState");
      case TOOLS -> Optional.of("canUseTools");
      case INVITE -> Optional.of("canInvite");
      case ADMIN -> Optional.of("admin");
      case MANAGE_PERMISSIONS -> Optional.of("canManagePermissions");
      case DELETE_MESH -> Optional.of("canDeleteMesh");
    };
  }

  private static void assertForbidden(JsonNode answer, String missing) {
    assertThat(answer.path("code").asString()).as("%s", answer).isEqualTo("forbidden");
    assertThat(answer.path("message").asString()).contains(missing);
  }

  private static boolean opens(Catalog.Op op) {
    return op.type().equals("hello") || op.type().equals("session_hello");
  }

  /// Somebody's good hello, said to a mesh that is not theirs.
  private static ObjectNode helloOf(Catalog.Op op, TestMember eve, TestSocket socket) {
    return op.type().equals("hello")
        ? socket.helloFrame(eve).put("meshId", ada.meshId())
        : samples.about(op);
  }

  /// Whoever calls what anyone may call has no invite of this mesh: with one it would be another
  /// matter.
  private static ObjectNode aboutThem(Catalog.Op op) {
    return op.operation().access() == Access.OPEN ? SampleRequests.golden(op) : samples.about(op);
  }

  private static boolean hasMesh(Catalog.Op op) {
    return switch (op.operation().access()) {
      case OPEN, SIGNED, ACCOUNT -> false;
      case MEMBER, SELF, SEND, WRITE, TOOLS, INVITE, ADMIN, MANAGE_PERMISSIONS, DELETE_MESH -> true;
    };
  }

  private static ObjectNode exchange(TestSocket socket, ObjectNode request) {
    String id = request.path("id").asString("none");
    socket.send(request.put("_reqId", "walk"));
    ObjectNode answer =
        socket.next(frame ->
            frame.path("_reqId").asString("").equals("walk")
                || frame.path("id").asString("").equals(id)
                || isRefusal(frame));
    assertThat(answer.path("code").asString("")).as("%s", answer).isNotEqualTo("internal");
    return answer;
  }

  private static JsonNode call(Catalog.Op op, ObjectNode request, SecretKey key, String mesh) {
    try {
      return Wire.mapper()
          .valueToTree(
              http.call(
                  Wire.bind(op, request), Optional.of(key), Map.of("mesh", mesh, "slug", mesh)));
    } catch (Problem problem) {
      assertThat(problem.code()).isNotEqualTo(ProblemCode.INTERNAL);
      return Wire.mapper()
          .createObjectNode()
          .put("code", problem.code().wireName())
          .put("message", problem.getMessage());
    }
  }

  private static boolean isRefusal(JsonNode answer) {
    return answer.path("type").asString().equals("error");
  }

  /// What came since, but who came and went: those of the walk itself do. What came unasked,
  /// without what nobody asked for: who comes and goes, and the ticks of a clock that runs by
  /// itself since an admin tried it.
  private static List<ObjectNode> heard(TestSocket socket) {
    return socket.drain().stream()
        .filter(frame -> !frame.path("event").asString("").startsWith("peer_"))
        .filter(frame -> !frame.path("event").asString("").equals("tick"))
        .toList();
  }

  private static void assertTellsNothing(ObjectNode request, JsonNode answer) {
    String asked = request.toString();
    String told = answer.toString();
    assertThat(known.stream().filter(told::contains).filter(text -> !asked.contains(text)))
        .as("%s answered by %s", request, answer)
        .isEmpty();
  }

  /// Every longer text that stands in a row of the mesh and in no sample.
  private static Set<String> texts(TestMember of) {
    String golden =
        Catalog.operations().stream()
            .map(op -> SampleRequests.golden(op).toString())
            .reduce("", String::concat);
    DSLContext dsl = broker.database().dsl();
    Set<String> texts = new TreeSet<>();
    for (Map.Entry<String, String> table : tables(of).entrySet()) {
      dsl.fetch("select * from mesh." + table.getKey() + table.getValue())
          .forEach(row ->
              row.intoMap()
                  .values()
                  .forEach(value -> {
                    if (value instanceof String text
                        && text.length() >= 8
                        && !golden.contains(text)) {
                      texts.add(text);
                    }
                  }));
    }
    return texts;
  }

  /// Of each table, a sum over the rows of the mesh. The members of the walk come and go, and the
  /// audit tells of that a little later; that somebody is there the broker notes by itself in a
  /// running clock.
  private static Map<String, String> checksums() {
    DSLContext dsl = broker.database().dsl();
    Map<String, String> sums = new TreeMap<>();
    tables(ada)
        .forEach((table, where) -> {
          String quiet =
              switch (table) {
                case "audit_log" ->
                    " and event_type not in ('peer_joined', 'peer_left', 'message_sent')";
                case "audit_head" -> " and false";
                default -> "";
              };
          String row = table.equals("clock") ? "(to_jsonb(t) - 'seen_at')::text" : "t::text";
          sums.put(
              table,
              dsl.fetchOne(
                      "select md5(coalesce(string_agg(%1$s, '|' order by %1$s), '')) from mesh."
                              .formatted(row)
                          + table
                          + " t"
                          + where
                          + quiet)
                  .get(0, String.class));
        });
    return sums;
  }

  /// Each table, and the condition for the rows of a member's mesh.
  private static Map<String, String> tables(TestMember of) {
    DSLContext dsl = broker.database().dsl();
    List<String> withMesh =
        dsl.fetch(
                "select table_name from information_schema.columns where table_schema = 'mesh'"
                    + " and column_name = 'mesh_id'")
            .getValues(0, String.class);
    Map<String, String> tables = new TreeMap<>();
    dsl
        .fetch("select table_name from information_schema.tables where table_schema = 'mesh'")
        .getValues(0, String.class)
        .stream()
        .filter(table -> !OF_NO_MESH.contains(table))
        .forEach(table -> {
          String which =
              withMesh.contains(table)
                  ? "mesh_id = ?"
                  : table.equals("mesh") ? "id = ?" : OF_SOMETHING.get(table);
          assertThat(which)
              .as("whose rows are in mesh.%s? Say so in OF_SOMETHING or OF_NO_MESH", table)
              .isNotNull();
          tables.put(table, " where " + which.replace("?", "'" + of.meshId() + "'"));
        });
    return tables;
  }
}
