package dev.claudemesh.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.crypto.Canonical;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import dev.claudemesh.protocol.invites.InviteRequest;
import dev.claudemesh.protocol.members.MemberRequest;
import dev.claudemesh.protocol.meshes.MeshReply;
import dev.claudemesh.protocol.meshes.MeshRequest;
import dev.claudemesh.protocol.messaging.MessageRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BrokerHttpTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private final SecretKey alice = Keys.generate();
  private ScriptedHttp server;
  private BrokerHttp http;

  @BeforeEach
  void start() throws IOException {
    server = new ScriptedHttp();
    http = new BrokerHttp(server.url(), () -> NOW, Duration.ofMillis(500));
  }

  @AfterEach
  void stop() {
    http.close();
    server.close();
  }

  private Problem failure(Request<?> request) {
    try {
      http.call(request, Optional.empty(), Map.of("mesh", "team"));
      throw new AssertionError("It should have failed");
    } catch (Problem problem) {
      return problem;
    }
  }

  private void assertSigned(ScriptedHttp.Received request) {
    String signed =
        Canonical.httpCall(
            request.method(),
            request.path(),
            Keys.sha256Hex(request.body()),
            NOW.toEpochMilli(),
            request.headers().get("x-mesh-nonce"));
    assertThat(request.headers().get("x-mesh-member")).isEqualTo(alice.publicKey().hex());
    assertThat(request.headers().get("x-mesh-timestamp")).isEqualTo("" + NOW.toEpochMilli());
    assertThat(request.headers().get("x-mesh-nonce")).matches("[A-Za-z0-9_-]{22,}");
    assertThat(Keys.verify(alice.publicKey(), signed, request.headers().get("x-mesh-signature")))
        .isTrue();
  }

  @Test
  void a_change_goes_as_json_with_its_parameters_in_the_path_and_is_signed()
      throws InterruptedException {
    server.answering(request ->
        ScriptedHttp.response(
            200, "{\"ok\":true,\"id\":\"m\",\"slug\":\"team\",\"name\":\"The Team\",\"new\":1}"));

    MeshReply.Renamed renamed =
        http.call(
            new MeshRequest.Rename("The Team", Optional.empty()),
            Optional.of(alice),
            Map.of("mesh", "my team/ü"));

    ScriptedHttp.Received request = server.received.take();
    assertThat(request.method()).isEqualTo("PATCH");
    assertThat(request.path()).isEqualTo("/cli/mesh/my%20team%2F%C3%BC");
    assertThat(request.text()).isEqualTo("{\"name\":\"The Team\"}");
    assertSigned(request);
    assertThat(renamed.name()).isEqualTo("The Team");
  }

  @Test
  void a_field_that_stands_in_the_path_is_left_out_of_the_body() throws InterruptedException {
    server.answering(request -> ScriptedHttp.response(404, "{\"error\":\"not_found\"}"));
    failure(
        new MemberRequest.Update(
            "member-1",
            Optional.of("Al"),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty()));
    ScriptedHttp.Received request = server.received.take();
    assertThat(request.path()).isEqualTo("/mesh/team/member/member-1");
    assertThat(request.text()).isEqualTo("{\"displayName\":\"Al\"}");
    assertThat(request.headers()).doesNotContainKey("x-mesh-signature");
  }

  @Test
  void a_question_goes_in_the_query_and_has_no_body() throws InterruptedException {
    server.answering(request -> ScriptedHttp.response(200, "{\"meshes\":[]}"));
    http.call(new MeshRequest.ListMine(Optional.of("a b&c")), Optional.of(alice), Map.of());
    ScriptedHttp.Received request = server.received.take();
    assertThat(request.method()).isEqualTo("GET");
    assertThat(request.path()).isEqualTo("/cli/meshes?user_id=a%20b%26c");
    assertThat(request.body()).isEmpty();
    assertSigned(request);
  }

  @Test
  void two_calls_never_bear_the_same_nonce() throws InterruptedException {
    server.answering(request -> ScriptedHttp.response(200, "{\"meshes\":[]}"));
    http.call(new MeshRequest.ListMine(Optional.empty()), Optional.of(alice), Map.of());
    http.call(new MeshRequest.ListMine(Optional.empty()), Optional.of(alice), Map.of());
    assertThat(server.received.take().headers().get("x-mesh-nonce"))
        .isNotEqualTo(server.received.take().headers().get("x-mesh-nonce"));
  }

  @Test
  void an_error_is_the_brokers_own_problem() {
    server.answering(request ->
        ScriptedHttp.response(
            403,
            "{\"ok\":false,\"error\":\"forbidden\",\"message\":\"Ask an"
                + " admin\",\"retryable\":false,\"details\":{\"role\":\"member\"}}"));
    Problem problem = failure(new MeshRequest.Delete());
    assertThat(problem.code()).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(problem).hasMessage("Ask an admin");
    assertThat(problem.details().orElseThrow().get("role").stringValue()).isEqualTo("member");
  }

  @Test
  void the_old_shape_of_an_error_is_understood_and_an_unknown_code_is_shown() {
    server.answering(
        request -> ScriptedHttp.response(410, "{\"ok\":false,\"error\":\"invite_expired\"}"));
    assertThat(failure(new InviteRequest.Preview("ABCD2345")).code())
        .isEqualTo(ProblemCode.INVITE_EXPIRED);
    server.answering(request -> ScriptedHttp.response(418, "{\"error\":\"teapot\"}"));
    assertThat(failure(new InviteRequest.Preview("ABCD2345"))).hasMessageContaining("teapot");
  }

  @Test
  void what_is_no_broker_is_called_so() {
    for (String answer :
        new String[] {
          ScriptedHttp.response(200, "<html>hello</html>"),
          ScriptedHttp.response(502, "bad gateway"),
          ScriptedHttp.response(404, "not found"),
          ScriptedHttp.response(302, "")
              .replace("Connection", "Location: http://127.0.0.1:1/elsewhere\r\nConnection")
        }) {
      server.answering(request -> answer);
      assertThat(failure(new InviteRequest.Preview("ABCD2345")))
          .hasMessageContaining("is no claudemesh broker");
    }
    assertThat(server.received)
        .allMatch(request -> request.path().equals("/api/public/invites/ABCD2345"));
  }

  @Test
  void an_answer_that_lacks_a_field_is_no_answer() {
    server.answering(request -> ScriptedHttp.response(200, "{\"ok\":true}"));
    assertThat(failure(new MeshRequest.Rename("x", Optional.empty())).code())
        .isEqualTo(ProblemCode.INVALID_REQUEST);
  }

  @Test
  void an_answer_that_is_too_long_is_not_read() {
    server.answering(
        request -> ScriptedHttp.response(200, "{\"x\":\"" + "x".repeat(5 << 20) + "\"}"));
    assertThat(failure(new MeshRequest.Delete()).code()).isEqualTo(ProblemCode.UNREACHABLE);
  }

  @Test
  void a_broker_that_does_not_answer_or_is_not_there_is_named() {
    server.answering(request -> "");
    assertThat(failure(new MeshRequest.Delete()).code()).isEqualTo(ProblemCode.TIMEOUT);
    server.close();
    Problem gone = failure(new MeshRequest.Delete());
    assertThat(gone.code()).isEqualTo(ProblemCode.UNREACHABLE);
    assertThat(gone).hasMessageContaining("127.0.0.1").hasMessageContaining("claudemesh broker");
  }

  @Test
  void an_operation_without_a_route_cannot_be_called_here() {
    assertThatThrownBy(() ->
            http.call(new MessageRequest.MessageStatus("12345678"), Optional.empty(), Map.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
