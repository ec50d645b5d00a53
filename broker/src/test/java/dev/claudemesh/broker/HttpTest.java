package dev.claudemesh.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/// What the port answers over HTTP, apart from what the rooms say.
class HttpTest {
  private static TestBroker broker;
  private static HttpClient client;

  @BeforeAll
  static void start() {
    broker = TestBroker.start(Map.of("GIT_SHA", "abc123"));
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    client.close();
    broker.close();
  }

  private static HttpResponse<String> call(
      String method, String path, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(broker.httpUrl() + path))
            .method(method, BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return client.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static HttpResponse<String> get(String path, String... headers) {
    return call("GET", path, "", headers);
  }

  private static ObjectNode json(HttpResponse<String> response) {
    return Wire.parse(response.body().getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void health_tells_how_the_broker_is() {
    ObjectNode health = json(get("/health"));
    assertThat(health.path("status").asString()).isEqualTo("ok");
    assertThat(health.path("db").asString()).isEqualTo("up");
    assertThat(health.path("version").asString()).isEqualTo("0.1.0");
    assertThat(health.path("gitSha").asString()).isEqualTo("abc123");
    assertThat(health.path("uptime").isIntegralNumber()).isTrue();
    assertThat(health.has("warnings")).isFalse();
    assertThat(get("/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void compat_mode_is_warned_of() {
    try (TestBroker compat = TestBroker.start(Map.of("BROKER_COMPAT", "true"))) {
      HttpResponse<String> health =
          client.send(
              HttpRequest.newBuilder(compat.httpUrl().resolve("/health")).build(),
              BodyHandlers.ofString());
      assertThat(json(health).path("warnings").toString()).contains("BROKER_COMPAT");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void metrics_are_prometheus_text() {
    HttpResponse<String> metrics = get("/metrics");
    assertThat(metrics.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(metrics.body())
        .contains("broker_db_healthy 1.0")
        .contains("# TYPE broker_connections_rejected_total counter");
  }

  @Test
  void a_connection_counts_while_it_is_open() {
    TestMember owner = broker.mesh("count");
    try (TestSocket socket = broker.connect(owner)) {
      assertThat(get("/metrics").body()).contains("broker_connections_active 1.0");
      assertThat(socket.isClosed()).isFalse();
    }
  }

  @Test
  void a_browser_of_another_site_may_ask() {
    HttpResponse<String> options = call("OPTIONS", "/join", "");
    assertThat(options.statusCode()).isEqualTo(204);
    assertThat(options.body()).isEmpty();
    for (HttpResponse<String> response : List.of(options, get("/health"), get("/nowhere"))) {
      assertThat(response.headers().firstValue("access-control-allow-origin")).contains("*");
    }
  }

  @Test
  void what_is_not_there_is_not_found() {
    for (String path :
        List.of(
            "/nowhere", "/join", "/ws", "/health/", "/i", "/i/", "//", "/i/a/b", "/cli/mesh/")) {
      HttpResponse<String> response = get(path);
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(response.body()).as(path).isEqualTo("not found");
    }
  }

  @Test
  void an_unsigned_call_is_told_how_to_prove_itself() {
    HttpResponse<String> response = get("/cli/meshes");
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(json(response).path("ok").asBoolean(true)).isFalse();
    assertThat(json(response).path("error").asString()).isEqualTo("unauthorized");
    assertThat(json(response).path("message").asString()).contains("X-Mesh-");
    assertThat(json(response).path("retryable").asBoolean(true)).isFalse();
  }

  @Test
  void a_body_that_is_no_object_is_malformed_and_a_wrong_field_is_named() {
    assertThat(json(call("POST", "/invites/ABCDEFGH/claim", "{")).path("error").asString())
        .isEqualTo("malformed");
    HttpResponse<String> wrong =
        call("POST", "/invites/ABCDEFGH/claim", "{\"recipient_x25519_pubkey\":7}");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(json(wrong).path("message").asString())
        .contains("recipient_x25519_pubkey")
        .contains("a text");
  }

  @Test
  void a_body_above_the_cap_is_refused() {
    assertThat(call("POST", "/join", "x".repeat(65_537)).statusCode()).isEqualTo(413);
    HttpResponse<String> huge = call("POST", "/cli/mesh/create", "x".repeat(1_048_577));
    assertThat(huge.statusCode()).isEqualTo(413);
    assertThat(json(huge).path("error").asString()).isEqualTo("too_large");
  }

  @Test
  void a_hook_of_an_old_client_gets_the_answers_it_knows() {
    HttpResponse<String> empty = call("POST", "/hook/set-status", "{}");
    assertThat(empty.statusCode()).isEqualTo(200);
    assertThat(json(empty))
        .isEqualTo(TestSocket.json("{'ok':false,'error':'cwd and status required'}"));
    assertThat(json(call("POST", "/hook/set-status", "x".repeat(65_537))))
        .isEqualTo(TestSocket.json("{'ok':false,'error':'payload too large'}"));
    HttpResponse<String> broken = call("POST", "/hook/set-status", "{");
    assertThat(broken.statusCode()).isEqualTo(500);
    assertThat(json(broken).path("ok").asBoolean(true)).isFalse();
  }

  @Test
  void a_join_that_fails_is_a_400_whatever_is_wrong_with_the_invite() {
    HttpResponse<String> response =
        call(
            "POST",
            "/join",
            "{\"invite_token\":\""
                + "t".repeat(30)
                + "\",\"invite_payload\":{},\"peer_pubkey\":\"zz\",\"display_name\":\"x\"}");
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(json(response).path("ok").asBoolean(true)).isFalse();
  }

  @Test
  void an_invite_that_is_not_there_says_so_to_people() {
    HttpResponse<String> page = get("/i/NOSUCHXX", "Accept", "text/html");
    assertThat(page.statusCode()).isEqualTo(404);
    assertThat(page.headers().firstValue("content-security-policy").orElseThrow())
        .contains("default-src 'none'");
    assertThat(page.headers().firstValue("content-type").orElseThrow()).startsWith("text/html");
    assertThat(get("/i/NOSUCHXX").headers().firstValue("content-type").orElseThrow())
        .startsWith("text/plain");
    assertThat(get("/i/%3Cscript%3E", "Accept", "text/html").body()).doesNotContain("<script>");
  }

  @Test
  void the_front_page_says_who_answers() {
    assertThat(get("/").body()).contains("claudemesh broker").contains(broker.httpUrl().toString());
    assertThat(get("/", "Accept", "text/html").body()).startsWith("<!doctype html>");
  }

  @Test
  void an_address_that_is_wrongly_escaped_is_told() throws IOException {
    assertThat(raw("GET /i/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void calls_in_one_pipeline_are_answered_in_their_order() throws IOException {
    String answers =
        raw(
            "GET /health HTTP/1.1\r\n"
                + "Host: x\r\n\r\n"
                + "GET /nowhere HTTP/1.1\r\n"
                + "Host: x\r\n\r\n"
                + "GET / HTTP/1.1\r\n"
                + "Host: x\r\n"
                + "Connection: close\r\n\r\n");
    assertThat(
            Pattern.compile("HTTP/1.1 (\\d+)")
                .matcher(answers)
                .results()
                .map(match -> match.group(1)))
        .containsExactly("200", "404", "200");
  }

  @Test
  void what_is_no_http_loses_its_socket() throws IOException {
    assertThat(raw("\u0016\u0003\u0001 hello?\r\n\r\n")).isEmpty();
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", broker.broker().port())) {
      socket.setSoTimeout(5_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
