package dev.claudemesh.broker.accounts;

import static dev.claudemesh.broker.accounts.AccountClient.PASSWORD;
import static dev.claudemesh.broker.accounts.AccountClient.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.accounts.AccountClient.Answer;
import dev.claudemesh.broker.kernel.AccountLimits;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A command line asks for a code, a browser approves it.
@Timeout(60)
class DeviceWireTest {
  private static final String START = "/api/auth/cli/device-code";
  private static final Pattern KEY = Pattern.compile("name=\"key\" value=\"([0-9a-f]{64})\"");

  private static TestBroker broker;
  private static AccountClient client;

  @BeforeAll
  static void start() {
    broker =
        TestBroker.start(
            Map.of("BROKER_ACCOUNTS", "true"),
            limits ->
                limits.withAccounts(
                    new AccountLimits(
                        100,
                        20,
                        50,
                        2,
                        64,
                        60,
                        20,
                        0,
                        1,
                        Duration.ofDays(90),
                        Duration.ofDays(7))));
    client = AccountClient.of(broker);
  }

  @AfterAll
  static void stop() {
    client.close();
    broker.close();
  }

  /// A browser with its cookie.
  private static final class Browser {
    private String cookie = "";

    HttpResponse<String> get(String path, String... headers) {
      return take(request(path).GET(), headers);
    }

    HttpResponse<String> post(Map<String, String> form, String... headers) {
      String body =
          new TreeMap<>(form)
              .entrySet().stream()
                  .map(field -> field.getKey() + "=" + encoded(field.getValue()))
                  .collect(Collectors.joining("&"));
      return take(
          request("/cli-auth")
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(BodyPublishers.ofString(body)),
          headers);
    }

    private static HttpRequest.Builder request(String path) {
      return HttpRequest.newBuilder(URI.create(broker.httpUrl() + path));
    }

    private HttpResponse<String> take(HttpRequest.Builder request, String... headers) {
      if (!cookie.isEmpty()) {
        request.header("Cookie", "other=1; " + cookie);
      }
      if (headers.length > 0) {
        request.headers(headers);
      }
      HttpResponse<String> response = client.send(request.build());
      response
          .headers()
          .firstValue("set-cookie")
          .ifPresent(set -> cookie = set.substring(0, set.indexOf(';')));
      return response;
    }

    Browser signedIn(String email) {
      client.post("/api/auth/register", "", AccountClient.person(email));
      assertThat(post(Map.of("action", "login", "email", email, "password", PASSWORD)).statusCode())
          .isEqualTo(303);
      return this;
    }

    String key(String page) {
      Matcher found = KEY.matcher(get(page).body());
      assertThat(found.find()).isTrue();
      return found.group(1);
    }

    HttpResponse<String> decide(String action, String code) {
      String key = key("/cli-auth?code=" + code);
      return post(Map.of("action", action, "code", code, "key", key));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static Answer begin() {
    Answer started =
        client.post(
            START,
            "",
            fields()
                .put("device_name", "ada's <laptop>")
                .put("device_os", "linux")
                .put("device_arch", "amd64"));
    assertThat(started.status()).as("%s", started).isEqualTo(200);
    return started;
  }

  private static Answer poll(Answer started) {
    broker.clock().advance(Duration.ofSeconds(2));
    return client.get(START + "/" + started.text("device_code"), "");
  }

  @Test
  void a_machine_is_let_in_by_a_browser_and_gets_its_token_once() {
    Answer started = begin();
    assertThat(started.text("user_code")).matches("[A-Z]{4}-[A-Z]{4}");
    assertThat(started.text("verification_url"))
        .isEqualTo(broker.httpUrl() + "/cli-auth?code=" + started.text("user_code"));
    assertThat(poll(started).text("status")).isEqualTo("pending");
    Browser browser = new Browser().signedIn("once@acme.dev");
    HttpResponse<String> card = browser.get("/cli-auth?code=" + started.text("user_code"));
    assertThat(card.body())
        .contains(started.text("user_code"), "ada&#39;s &lt;laptop&gt;", "linux amd64", "127.0.0.1")
        .contains("10 min")
        .doesNotContain("<script", "<laptop>", started.text("device_code"));
    assertThat(browser.decide("approve", started.text("user_code")).statusCode()).isEqualTo(303);
    assertThat(browser.get("/cli-auth?code=" + started.text("user_code")).body())
        .contains("Return to your terminal");
    Answer first = poll(started);
    assertThat(first.text("status")).isEqualTo("approved");
    assertThat(first.body().at("/user/email").asString()).isEqualTo("once@acme.dev");
    Answer second = poll(started);
    assertThat(second.text("status")).isEqualTo("approved");
    assertThat(second.body().path("claimed").asBoolean()).isTrue();
    assertThat(second.body().has("token")).isFalse();
    Answer me = client.get("/api/my/profile", first.text("token"));
    assertThat(me.body().at("/via/name").asString()).isEqualTo("ada's <laptop>");
    assertThat(me.body().at("/via/device").asString()).isEqualTo("linux amd64");
    assertThat(me.body().at("/via/kind").asString()).isEqualTo("session");
  }

  @Test
  void a_machine_that_was_denied_learns_it_and_gets_nothing() {
    Answer started = begin();
    Browser browser = new Browser().signedIn("deny@acme.dev");
    browser.decide("deny", started.text("user_code"));
    assertThat(poll(started).text("status")).isEqualTo("denied");
    assertThat(browser.get("/cli-auth?code=" + started.text("user_code")).body())
        .contains("Nobody was let in");
  }

  @Test
  void a_code_ends_and_so_does_an_approval_that_nobody_fetches() {
    Answer forgotten = begin();
    Answer unfetched = begin();
    new Browser().signedIn("late@acme.dev").decide("approve", unfetched.text("user_code"));
    broker.clock().advance(Duration.ofSeconds(61));
    assertThat(poll(unfetched).text("status")).isEqualTo("expired");
    broker.clock().advance(Duration.ofMinutes(10));
    assertThat(poll(forgotten).text("status")).isEqualTo("expired");
    assertThat(client.get(START + "/nobody-has-this", "").text("status")).isEqualTo("expired");
  }

  @Test
  void who_asks_too_often_is_told_to_slow_down() {
    Answer started = begin();
    poll(started);
    Answer again = client.get(START + "/" + started.text("device_code"), "");
    assertThat(again.status()).isEqualTo(429);
    assertThat(again.error()).isEqualTo("slow_down");
    assertThat(again.body().path("slow_down").asBoolean()).isTrue();
    assertThat(poll(started).text("status")).isEqualTo("pending");
  }

  @Test
  void only_a_browser_approves_and_only_by_our_own_form() {
    Answer started = begin();
    String approve = START + "/" + started.text("user_code") + "/approve";
    String session = client.register("csrf@acme.dev");
    assertThat(client.post(approve, "", fields()).error()).isEqualTo("unauthorized");
    assertThat(client.post(approve, session, fields()).error()).isEqualTo("forbidden");
    Browser browser = new Browser().signedIn("csrf@acme.dev");
    String code = started.text("user_code");
    assertThat(browser.post(Map.of("action", "approve", "code", code)).statusCode()).isEqualTo(403);
    assertThat(
            browser
                .post(Map.of("action", "approve", "code", code, "key", "0".repeat(64)))
                .statusCode())
        .isEqualTo(403);
    String key = browser.key("/cli-auth?code=" + code);
    Map<String, String> good = Map.of("action", "approve", "code", code, "key", key);
    for (List<String> from :
        List.of(
            List.of("Origin", "https://evil.example"),
            List.of("Origin", "null"),
            List.of("Sec-Fetch-Site", "cross-site"))) {
      assertThat(browser.post(good, from.toArray(String[]::new)).statusCode())
          .as("%s", from)
          .isEqualTo(403);
    }
    assertThat(client.call("POST", approve, "", fields(), "Cookie", browser.cookie).error())
        .isEqualTo("forbidden");
    assertThat(poll(started).text("status")).isEqualTo("pending");
    assertThat(browser.post(good, "Origin", broker.httpUrl().toString()).statusCode())
        .isEqualTo(303);
    assertThat(poll(started).text("status")).isEqualTo("approved");
    assertThat(browser.post(good).body()).contains("Return to your terminal");
  }

  @Test
  void a_browsers_cookie_is_out_of_reach_of_scripts_and_is_no_bearer_token() {
    Browser browser = new Browser();
    client.post("/api/auth/register", "", AccountClient.person("cookie@acme.dev"));
    Map<String, String> login =
        Map.of("action", "login", "email", "cookie@acme.dev", "password", PASSWORD);
    String set = browser.post(login).headers().firstValue("set-cookie").orElseThrow();
    assertThat(set)
        .startsWith("claudemesh_account=cm_web_")
        .contains("HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=604800")
        .doesNotContain("Secure");
    String secure =
        browser
            .post(login, "X-Forwarded-Proto", "https")
            .headers()
            .firstValue("set-cookie")
            .orElseThrow();
    assertThat(secure).startsWith("__Host-claudemesh_account=cm_web_").endsWith("; Secure");
    String token = set.substring(set.indexOf('=') + 1, set.indexOf(';'));
    assertThat(client.get("/api/my/profile", token).error()).isEqualTo("token_unknown");
    String session = client.login("cookie@acme.dev");
    assertThat(
            client
                .call(
                    "GET",
                    "/api/my/profile",
                    "",
                    fields(),
                    "Cookie",
                    "claudemesh_account=" + session)
                .error())
        .isEqualTo("unauthorized");
    assertThat(client.get("/api/my/cli/sessions", session).body().path("tokens")).hasSize(1);
  }

  @Test
  void the_page_lets_people_in_register_and_out_and_back_to_their_code() {
    Answer started = begin();
    String page = "/cli-auth?code=" + started.text("user_code");
    Browser browser = new Browser();
    HttpResponse<String> first = browser.get(page);
    assertThat(first.body()).contains("name=\"password\"").doesNotContain("ada&#39;s");
    assertThat(first.headers().firstValue("content-security-policy").orElseThrow())
        .contains("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(first.headers().firstValue("cache-control")).contains("no-store");
    HttpResponse<String> in =
        browser.post(
            Map.of(
                "action", "register",
                "email", "new@acme.dev",
                "password", PASSWORD,
                "name", "New",
                "code", started.text("user_code")));
    assertThat(in.statusCode()).isEqualTo(303);
    assertThat(in.headers().firstValue("location")).contains(page);
    assertThat(browser.get(page).body()).contains("ada&#39;s", "new@acme.dev");
    String key = browser.key("/cli-auth");
    assertThat(browser.post(Map.of("action", "logout", "key", key)).statusCode()).isEqualTo(303);
    assertThat(browser.get(page).body()).contains("name=\"password\"");
  }

  @Test
  void what_goes_wrong_is_said_on_the_page_in_its_readers_language() {
    Browser browser = new Browser();
    HttpResponse<String> wrong =
        browser.post(
            Map.of("action", "login", "email", "x@acme.dev", "password", "<b>not it</b>"),
            "Accept-Language",
            "es-MX,es;q=0.9,en;q=0.5");
    assertThat(wrong.statusCode()).isEqualTo(401);
    assertThat(wrong.body())
        .contains("lang=\"es\"", "Ninguna cuenta tiene", "Contraseña")
        .doesNotContain("not it");
    assertThat(browser.get("/cli-auth", "Accept-Language", "de").body()).contains("lang=\"en\"");
    browser.signedIn("lost@acme.dev");
    HttpResponse<String> unknown = browser.get("/cli-auth?code=%22%3E%3Cb%3E");
    assertThat(unknown.statusCode()).isBetween(400, 404);
    assertThat(unknown.body()).doesNotContain("\"><b>");
  }

  @Test
  void old_clients_find_their_routes() {
    Answer started =
        client.post(
            "/cli/device-code",
            "",
            fields().put("hostname", "old").put("platform", "linux").put("arch", "x64"));
    assertThat(started.text("session_id")).startsWith("clm_sess_");
    assertThat(started.text("verification_url")).contains("/cli-auth?code=");
    String poll = "/cli/device-code/" + started.text("device_code");
    assertThat(client.get(poll, "").text("status")).isEqualTo("pending");
    String approve = "/cli/device-code/" + started.text("session_id") + "/approve";
    assertThat(
            client
                .post(approve, "", fields().put("user_id", "u").put("email", "eve@acme.dev"))
                .error())
        .isEqualTo("unauthorized");
    new Browser().signedIn("oldie@acme.dev").decide("approve", started.text("user_code"));
    broker.clock().advance(Duration.ofSeconds(2));
    Answer approved = client.get(poll, "");
    assertThat(approved.text("status")).isEqualTo("approved");
    assertThat(approved.body().at("/user/display_name").asString()).isEqualTo("oldie");
    assertThat(client.get("/api/my/profile", approved.text("session_token")).status())
        .isEqualTo(200);
    broker.clock().advance(Duration.ofSeconds(2));
    assertThat(client.get(poll, "").text("status")).isEqualTo("consumed");
    assertThat(client.get("/cli/device-code/nobody-has-this", "").text("status"))
        .isEqualTo("expired");
  }
}
