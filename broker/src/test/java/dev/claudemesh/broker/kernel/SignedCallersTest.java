package dev.claudemesh.broker.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.Refusal;
import dev.claudemesh.broker.Team;
import dev.claudemesh.broker.Team.Mesh;
import dev.claudemesh.broker.Team.Person;
import dev.claudemesh.db.TestDatabase;
import dev.claudemesh.db.jooq.Tables;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.MeshRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SignedCallersTest {
  private static final Catalog.Op MEMBERS = Catalog.operation(MemberRequest.ListMembers.class);
  private static final Catalog.Op UPDATE = Catalog.operation(MemberRequest.Update.class);
  private static final Catalog.Op LIST_MINE = Catalog.operation(MeshRequest.ListMine.class);
  private static final Catalog.Op DELETE = Catalog.operation(MeshRequest.Delete.class);

  private static TestDatabase database;
  private static Team team;

  @BeforeAll
  static void open() {
    database = TestDatabase.create();
    team = new Team(database.database());
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void a_signed_call_is_accepted_once() {
    Mesh mesh = team.mesh("Once");
    HttpCall call =
        signed(mesh.owner().key(), "GET", mesh.slug(), "/mesh/" + mesh.slug() + "/members", "");
    assertThat(callers(false).resolve(call, MEMBERS).requireMember().id())
        .isEqualTo(mesh.owner().memberId());
    Refusal.expect(ProblemCode.REPLAYED, () -> callers(false).resolve(call, MEMBERS));
  }

  @Test
  void a_nonce_is_one_keys_own() {
    Mesh mesh = team.mesh("Nonces");
    Person ben = team.join(mesh, "Ben");
    String path = "/mesh/" + mesh.id() + "/members";
    String nonce = Ids.token();
    callers(false).resolve(signed(mesh.owner().key(), "GET", mesh.id(), path, "", nonce), MEMBERS);
    assertThat(
            callers(false)
                .resolve(signed(ben.key(), "GET", mesh.id(), path, "", nonce), MEMBERS)
                .requireMember()
                .id())
        .isEqualTo(ben.memberId());
  }

  @Test
  void whatever_is_changed_in_a_signed_call_breaks_the_signature() {
    Mesh mesh = team.mesh("Tamper");
    Person ben = team.join(mesh, "Ben");
    String path = "/mesh/" + mesh.id() + "/member/" + ben.memberId();
    HttpCall call = signed(ben.key(), "PATCH", mesh.id(), path, "{\"displayName\":\"Ben\"}");
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () -> callers(false).resolve(with(call, path, "{\"displayName\":\"Bob\"}"), UPDATE));
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () ->
            callers(false).resolve(with(call, path + "?x=1", "{\"displayName\":\"Ben\"}"), UPDATE));
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () -> callers(false).resolve(header(call, "x-mesh-member", mesh.owner().pubkey()), UPDATE));
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () -> callers(false).resolve(header(call, "x-mesh-nonce", Ids.token()), UPDATE));
    Refusal.expect(
        ProblemCode.BAD_SIGNATURE,
        () ->
            callers(false)
                .resolve(
                    header(call, "x-mesh-timestamp", Long.toString(team.now().toEpochMilli() + 1)),
                    UPDATE));
    assertThat(callers(false).resolve(call, UPDATE).requireMember().id()).isEqualTo(ben.memberId());
  }

  @Test
  void a_clock_more_than_a_minute_off_is_told_the_brokers_time() {
    Team later = new Team(database.database());
    Mesh mesh = later.mesh("Clock");
    HttpCall call =
        signed(
            later,
            mesh.owner().key(),
            "GET",
            mesh.id(),
            "/mesh/" + mesh.id() + "/members",
            "",
            Ids.token());
    later.advance(Duration.ofSeconds(61));
    Problem problem =
        Refusal.expect(
            ProblemCode.TIMESTAMP_SKEW, () -> callers(later, false).resolve(call, MEMBERS));
    assertThat(problem.details().orElseThrow().get("serverTime").asLong())
        .isEqualTo(later.now().toEpochMilli());
    later.advance(Duration.ofSeconds(-122));
    Refusal.expect(ProblemCode.TIMESTAMP_SKEW, () -> callers(later, false).resolve(call, MEMBERS));
    later.advance(Duration.ofSeconds(1));
    assertThat(callers(later, false).resolve(call, MEMBERS).member()).isPresent();
  }

  @Test
  void another_mesh_and_no_mesh_give_the_same_answer() {
    Mesh mine = team.mesh("Mine");
    Mesh theirs = team.mesh("Theirs");
    Problem foreign =
        Refusal.expect(
            ProblemCode.NOT_FOUND,
            () ->
                callers(false)
                    .resolve(
                        signed(
                            mine.owner().key(),
                            "GET",
                            theirs.id(),
                            "/mesh/" + theirs.id() + "/members",
                            ""),
                        MEMBERS));
    String none = "0".repeat(theirs.id().length());
    Problem absent =
        Refusal.expect(
            ProblemCode.NOT_FOUND,
            () ->
                callers(false)
                    .resolve(
                        signed(mine.owner().key(), "GET", none, "/mesh/" + none + "/members", ""),
                        MEMBERS));
    assertThat(foreign.getMessage().replace(theirs.id(), "?"))
        .isEqualTo(absent.getMessage().replace(none, "?"));
  }

  @Test
  void a_removed_member_is_told_so_and_one_who_left_is_a_stranger() {
    Mesh mesh = team.mesh("Gone");
    Person ben = team.join(mesh, "Ben");
    Person cleo = team.join(mesh, "Cleo");
    String path = "/mesh/" + mesh.id() + "/members";
    team.as(mesh.owner(), new MemberRequest.Ban(ben.memberId()));
    team.as(cleo, new MemberRequest.Leave());
    Refusal.expect(
        ProblemCode.REVOKED,
        () -> callers(false).resolve(signed(ben.key(), "GET", mesh.id(), path, ""), MEMBERS));
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () -> callers(false).resolve(signed(cleo.key(), "GET", mesh.id(), path, ""), MEMBERS));
  }

  @Test
  void a_deleted_mesh_is_found_by_nobody() {
    Mesh mesh = team.mesh("Deleted");
    team.as(mesh.owner(), new MeshRequest.Delete());
    Refusal.expect(
        ProblemCode.NOT_FOUND,
        () ->
            callers(false)
                .resolve(
                    signed(
                        mesh.owner().key(),
                        "GET",
                        mesh.id(),
                        "/mesh/" + mesh.id() + "/members",
                        ""),
                    MEMBERS));
  }

  @Test
  void any_key_may_sign_where_no_membership_is_asked_for() {
    SecretKey stranger = Keys.generate();
    Caller caller =
        callers(false).resolve(signed(stranger, "GET", "", "/cli/meshes", ""), LIST_MINE);
    assertThat(caller.requireSigner()).isEqualTo(stranger.publicKey());
    assertThat(caller.member()).isEmpty();
    Refusal.expect(
        ProblemCode.UNAUTHORIZED,
        () -> callers(false).resolve(unsigned("GET", "", "/cli/meshes", Map.of(), ""), LIST_MINE));
  }

  @Test
  void half_a_signature_names_what_is_missing() {
    HttpCall call =
        unsigned("GET", "m", "/mesh/m/members", Map.of("x-mesh-member", "a".repeat(64)), "");
    assertThat(
            Refusal.expect(ProblemCode.UNAUTHORIZED, () -> callers(false).resolve(call, MEMBERS)))
        .hasMessageContaining("x-mesh-timestamp");
    for (Map.Entry<String, String> bad :
        Map.of(
                "x-mesh-member",
                "XY",
                "x-mesh-timestamp",
                "1e9",
                "x-mesh-nonce",
                "short",
                "x-mesh-signature",
                "00")
            .entrySet()) {
      HttpCall spoiled =
          header(
              signed(Keys.generate(), "GET", "m", "/mesh/m/members", ""),
              bad.getKey(),
              bad.getValue());
      ProblemCode code =
          bad.getKey().equals("x-mesh-signature")
              ? ProblemCode.BAD_SIGNATURE
              : ProblemCode.UNAUTHORIZED;
      Refusal.expect(code, () -> callers(false).resolve(spoiled, MEMBERS));
    }
  }

  @Test
  void a_token_nobody_was_given_opens_nothing() {
    Mesh mesh = team.mesh("Token");
    for (String token : new String[] {"Bearer ", "Bearer nothing", "Basic abc"}) {
      Refusal.expect(
          ProblemCode.UNAUTHORIZED,
          () ->
              callers(false)
                  .resolve(
                      unsigned(
                          "GET",
                          mesh.id(),
                          "/mesh/" + mesh.id() + "/members",
                          Map.of("authorization", token),
                          ""),
                      MEMBERS));
    }
  }

  @Test
  void ids_in_the_body_are_not_believed() {
    Mesh mesh = team.mesh("Believe");
    String path = "/mesh/" + mesh.id() + "/member/" + mesh.owner().memberId();
    HttpCall byHeader =
        unsigned(
            "PATCH",
            mesh.id(),
            path,
            Map.of("x-member-id", mesh.owner().memberId()),
            "{\"displayName\":\"x\"}");
    Refusal.expect(ProblemCode.UNAUTHORIZED, () -> callers(false).resolve(byHeader, UPDATE));
    HttpCall byUser =
        unsigned("DELETE", mesh.id(), "/cli/mesh/" + mesh.id(), Map.of(), "{\"user_id\":\"u1\"}");
    Refusal.expect(ProblemCode.UNAUTHORIZED, () -> callers(false).resolve(byUser, DELETE));
    HttpCall byNobody = unsigned("GET", mesh.id(), "/mesh/" + mesh.id() + "/members", Map.of(), "");
    Refusal.expect(ProblemCode.UNAUTHORIZED, () -> callers(false).resolve(byNobody, MEMBERS));
    assertThat(callers(true).resolve(byHeader, UPDATE).requireMember().id())
        .isEqualTo(mesh.owner().memberId());
    Refusal.expect(ProblemCode.UNAUTHORIZED, () -> callers(true).resolve(byUser, DELETE));
    Member reader = callers(true).resolve(byNobody, MEMBERS).requireMember();
    assertThat(reader.permissions()).isEqualTo(Permissions.NONE);
    assertThat(reader.admin()).isFalse();
  }

  @Test
  void in_compat_mode_a_member_header_opens_only_the_old_routes() {
    Mesh mesh = team.mesh("Old routes");
    Map<String, String> header = Map.of("x-member-id", mesh.owner().memberId());
    Refusal.expect(
        ProblemCode.UNAUTHORIZED,
        () ->
            callers(true)
                .resolve(
                    unsigned("DELETE", mesh.id(), "/cli/mesh/" + mesh.id(), header, ""), DELETE));
    Mesh other = team.mesh("Other");
    Refusal.expect(
        ProblemCode.UNAUTHORIZED,
        () ->
            callers(true)
                .resolve(
                    unsigned(
                        "PATCH", other.id(), "/mesh/" + other.id() + "/member/x", header, "{}"),
                    UPDATE));
  }

  @Test
  void used_nonces_are_forgotten_when_their_time_is_over() {
    Team later = new Team(database.database());
    Mesh mesh = later.mesh("Prune");
    SignedCallers callers = callers(later, false);
    String path = "/mesh/" + mesh.id() + "/members";
    callers.resolve(
        signed(later, mesh.owner().key(), "GET", mesh.id(), path, "", Ids.token()), MEMBERS);
    later.advance(Duration.ofMinutes(10));
    callers.resolve(
        signed(later, mesh.owner().key(), "GET", mesh.id(), path, "", Ids.token()), MEMBERS);
    assertThat(
            database
                .database()
                .dsl()
                .fetchCount(Tables.SPENT_PROOF, Tables.SPENT_PROOF.EXPIRES_AT.lt(later.now())))
        .isZero();
  }

  private static SignedCallers callers(boolean compat) {
    return callers(team, compat);
  }

  private static SignedCallers callers(Team team, boolean compat) {
    return new SignedCallers(
        database.database(),
        new Peers(),
        team::now,
        Team.SKEW,
        compat,
        new AccountCalls() {
          @Override
          public SignedIn signedIn(HttpCall call) {
            throw new Problem(ProblemCode.UNAUTHORIZED, "Nobody has an account here");
          }

          @Override
          public Optional<MemberId> member(SignedIn self, String mesh, Optional<PublicKey> signer) {
            return Optional.empty();
          }
        });
  }

  private static HttpCall signed(
      SecretKey key, String method, String mesh, String path, String body) {
    return signed(key, method, mesh, path, body, Ids.token());
  }

  private static HttpCall signed(
      SecretKey key, String method, String mesh, String path, String body, String nonce) {
    return signed(team, key, method, mesh, path, body, nonce);
  }

  private static HttpCall signed(
      Team team,
      SecretKey key,
      String method,
      String mesh,
      String path,
      String body,
      String nonce) {
    long timestamp = team.now().toEpochMilli();
    String canonical =
        Canonical.httpCall(
            method, path, Keys.sha256Hex(body.getBytes(StandardCharsets.UTF_8)), timestamp, nonce);
    Map<String, String> headers =
        Map.of(
            "x-mesh-member", key.publicKey().hex(),
            "x-mesh-timestamp", Long.toString(timestamp),
            "x-mesh-nonce", nonce,
            "x-mesh-signature", Keys.sign(key, canonical));
    return unsigned(method, mesh, path, headers, body);
  }

  private static HttpCall unsigned(
      String method, String mesh, String path, Map<String, String> headers, String body) {
    return new HttpCall(
        method,
        path,
        mesh.isEmpty() ? Map.of() : Map.of("mesh", mesh),
        headers,
        body.getBytes(StandardCharsets.UTF_8),
        Team.PUBLIC_URL,
        InetAddress.getLoopbackAddress());
  }

  private static HttpCall with(HttpCall call, String path, String body) {
    return unsigned(call.method(), call.mesh().orElse(""), path, call.headers(), body);
  }

  private static HttpCall header(HttpCall call, String name, String value) {
    Map<String, String> headers = new HashMap<>(call.headers());
    headers.put(name, value);
    return unsigned(
        call.method(),
        call.mesh().orElse(""),
        call.pathWithQuery(),
        headers,
        new String(call.body(), StandardCharsets.UTF_8));
  }
}
