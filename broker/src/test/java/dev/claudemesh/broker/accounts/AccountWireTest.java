package dev.claudemesh.broker.accounts;

import static dev.claudemesh.broker.accounts.AccountClient.PASSWORD;
import static dev.claudemesh.broker.accounts.AccountClient.fields;
import static dev.claudemesh.broker.accounts.AccountClient.person;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.accounts.AccountClient.Answer;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AccountWireTest {
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
                        100, 3, 50, 2, 64, 1, 10, 0, 1, Duration.ofDays(90), Duration.ofDays(7))));
    client = AccountClient.of(broker);
  }

  @AfterAll
  static void stop() {
    client.close();
    broker.close();
  }

  @Test
  void a_broker_has_no_accounts_unless_its_operator_says_so() {
    try (TestBroker plain = TestBroker.start();
        AccountClient there = AccountClient.of(plain)) {
      for (Answer answer :
          List.of(
              there.post("/api/auth/register", "", person("ada@acme.dev")),
              there.get("/api/my/profile", AccountToken.generate(Kind.PAT).text()),
              there.get("/api/my/profile", ""))) {
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("message")).contains("BROKER_ACCOUNTS=true");
      }
    }
  }

  @Test
  void who_registers_signs_in_and_is_told_who_they_are() {
    assertThat(
            client
                .post("/api/auth/register", "", person("Ada@Acme.dev").put("name", "Ada"))
                .status())
        .isEqualTo(200);
    Answer login =
        client.post("/api/auth/login", "", person("ada@ACME.dev").put("device_name", "laptop"));
    String token = login.text("token");
    assertThat(token).matches("cm_session_[a-z2-7]{52}");
    assertThat(Instant.parse(login.text("expires_at")))
        .isAfter(broker.clock().instant().plus(Duration.ofDays(89)));
    Answer me = client.get("/api/my/profile", token);
    assertThat(me.body().path("user").path("email").asString()).isEqualTo("ada@acme.dev");
    assertThat(me.body().path("user").path("display_name").asString()).isEqualTo("Ada");
    assertThat(me.body().path("via").path("kind").asString()).isEqualTo("session");
    assertThat(me.body().path("via").path("name").asString()).isEqualTo("laptop");
    assertThat(me.body().toString()).doesNotContain(token);
  }

  @Test
  void no_answer_tells_whether_an_address_has_an_account() {
    client.register("known@acme.dev");
    Answer again =
        client.post(
            "/api/auth/register", "", person("known@acme.dev").put("password", "not hers at all"));
    Answer fresh = client.post("/api/auth/register", "", person("fresh@acme.dev"));
    assertThat(again).isEqualTo(fresh);
    Answer wrong =
        client.post("/api/auth/login", "", person("known@acme.dev").put("password", "not hers"));
    Answer nobody =
        client.post("/api/auth/login", "", person("nobody@acme.dev").put("password", "not hers"));
    assertThat(wrong).isEqualTo(nobody);
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(wrong.error()).isEqualTo("wrong_password");
    assertThat(client.login("known@acme.dev")).isNotEmpty();
  }

  @Test
  void each_bad_token_is_told_what_is_wrong_with_it() {
    String session = client.register("bad@acme.dev");
    assertThat(client.get("/api/my/profile", "").error()).isEqualTo("unauthorized");
    assertThat(client.get("/api/my/profile", "cm_session_short").error())
        .isEqualTo("token_malformed");
    assertThat(client.get("/api/my/profile", AccountToken.generate(Kind.SESSION).text()).error())
        .isEqualTo("token_unknown");
    String pat = client.pat(session, "ci");
    assertThat(client.get("/api/my/profile", pat.replace("cm_pat_", "cm_session_")).error())
        .isEqualTo("token_unknown");
    String id = client.get("/api/my/cli/tokens", session).body().at("/tokens/0/id").asString();
    assertThat(client.call("DELETE", "/api/my/cli/tokens/" + id, session, fields()).status())
        .isEqualTo(200);
    assertThat(client.get("/api/my/profile", pat).error()).isEqualTo("token_revoked");
    assertThat(client.call("DELETE", "/api/my/cli/tokens/" + id, session, fields()).error())
        .isEqualTo("not_found");
  }

  @Test
  void a_session_lives_ninety_days_after_its_last_use_and_a_token_as_long_as_asked() {
    try (TestBroker other = TestBroker.start(Map.of("BROKER_ACCOUNTS", "true"));
        AccountClient there = AccountClient.of(other)) {
      String session = there.register("old@acme.dev");
      String idle = there.login("old@acme.dev");
      String pat =
          there
              .post(
                  "/api/my/cli/tokens",
                  session,
                  fields().put("name", "nightly").put("expires", "30d"))
              .text("token");
      String forever =
          there
              .post(
                  "/api/my/cli/tokens",
                  session,
                  fields().put("name", "robot").put("expires", "never"))
              .text("token");
      other.clock().advance(Duration.ofDays(29));
      assertThat(there.get("/api/my/profile", pat).status()).isEqualTo(200);
      assertThat(there.get("/api/my/profile", session).status()).isEqualTo(200);
      other.clock().advance(Duration.ofDays(62));
      assertThat(there.get("/api/my/profile", pat).error()).isEqualTo("token_expired");
      assertThat(there.get("/api/my/profile", idle).error()).isEqualTo("token_expired");
      assertThat(there.get("/api/my/profile", session).status()).isEqualTo(200);
      other.clock().advance(Duration.ofDays(4_000));
      other.sweep();
      Answer robot = there.get("/api/my/profile", forever);
      assertThat(robot.status()).isEqualTo(200);
      assertThat(robot.body().path("via").has("expires_at")).isFalse();
      assertThat(there.get("/api/my/profile", session).error()).isEqualTo("token_unknown");
    }
  }

  @Test
  void two_machines_are_two_sessions_and_one_that_was_idle_for_an_hour_still_works() {
    try (TestBroker other = TestBroker.start(Map.of("BROKER_ACCOUNTS", "true"));
        AccountClient there = AccountClient.of(other)) {
      String desk = there.register("idle@acme.dev");
      String laptop = there.login("idle@acme.dev");
      String pat = there.pat(desk, "ci");
      other.clock().advance(Duration.ofHours(1));
      other.sweep();
      for (String token : List.of(desk, laptop, pat)) {
        assertThat(there.get("/api/my/profile", token).status()).isEqualTo(200);
      }
      assertThat(there.get("/api/my/cli/sessions", desk).body().path("tokens")).hasSize(2);
    }
  }

  @Test
  void signing_out_ends_this_session_and_no_other() {
    String one = client.register("two@acme.dev");
    String two = client.login("two@acme.dev");
    assertThat(client.get("/api/my/cli/sessions", one).body().path("tokens")).hasSize(2);
    assertThat(client.post("/api/auth/logout", one, fields()).status()).isEqualTo(200);
    assertThat(client.get("/api/my/profile", one).error()).isEqualTo("token_revoked");
    assertThat(client.get("/api/my/cli/sessions", two).body().at("/tokens/0/current").asBoolean())
        .isTrue();
    assertThat(client.get("/api/my/cli/sessions", two).body().path("tokens")).hasSize(1);
  }

  @Test
  void a_new_password_ends_sessions_and_no_access_token() {
    String session = client.register("pw@acme.dev");
    String pat = client.pat(session, "ci");
    assertThat(
            client
                .post(
                    "/api/my/password",
                    session,
                    fields().put("current", "not it at all").put("password", "another password"))
                .error())
        .isEqualTo("wrong_password");
    assertThat(
            client
                .post(
                    "/api/my/password",
                    session,
                    fields().put("current", PASSWORD).put("password", "another password"))
                .status())
        .isEqualTo(200);
    assertThat(client.get("/api/my/profile", session).error()).isEqualTo("token_revoked");
    assertThat(client.get("/api/my/profile", pat).status()).isEqualTo(200);
    assertThat(client.post("/api/auth/login", "", person("pw@acme.dev")).error())
        .isEqualTo("wrong_password");
  }

  @Test
  void a_script_may_not_manage_its_account_and_nobody_anothers() {
    String session = client.register("mine@acme.dev");
    String pat = client.pat(session, "ci");
    assertThat(client.post("/api/my/cli/tokens", pat, fields().put("name", "more")).error())
        .isEqualTo("forbidden");
    assertThat(client.get("/api/my/cli/tokens", pat).error()).isEqualTo("forbidden");
    String id = client.get("/api/my/cli/tokens", session).body().at("/tokens/0/id").asString();
    String eve = client.register("eve@acme.dev");
    assertThat(client.call("DELETE", "/api/my/cli/tokens/" + id, eve, fields()).error())
        .isEqualTo("not_found");
    assertThat(client.get("/api/my/cli/tokens", eve).body().path("tokens")).isEmpty();
    assertThat(client.get("/api/my/profile", pat).status()).isEqualTo(200);
    assertThat(client.post("/api/auth/logout", pat, fields()).status()).isEqualTo(200);
    assertThat(client.get("/api/my/profile", pat).error()).isEqualTo("token_revoked");
  }

  @Test
  void there_is_an_end_to_access_tokens_and_the_oldest_session_gives_way() {
    String first = client.register("many@acme.dev");
    List<String> pats =
        List.of(client.pat(first, "a"), client.pat(first, "b"), client.pat(first, "c"));
    assertThat(pats).doesNotHaveDuplicates();
    assertThat(client.post("/api/my/cli/tokens", first, fields().put("name", "d")).error())
        .isEqualTo("limit");
    client.login("many@acme.dev");
    client.login("many@acme.dev");
    client.login("many@acme.dev");
    assertThat(
            client.get("/api/my/cli/sessions", client.login("many@acme.dev")).body().path("tokens"))
        .hasSize(3);
  }

  @Test
  void who_tries_passwords_is_slowed_down_whether_or_not_the_account_is_there() {
    client.register("target@acme.dev");
    for (String email : List.of("target@acme.dev", "nothere@acme.dev")) {
      List<String> errors =
          java.util.stream.IntStream.range(0, 12)
              .mapToObj(i ->
                  client
                      .post(
                          "/api/auth/login", "", person(email).put("password", "guess number " + i))
                      .error())
              .toList();
      assertThat(errors.getFirst()).isEqualTo("wrong_password");
      assertThat(errors.getLast()).isEqualTo("rate_limited");
    }
  }

  @Test
  void bad_input_is_named_and_changes_nothing() {
    assertThat(client.post("/api/auth/register", "", person("no address")).error())
        .isEqualTo("invalid_request");
    Answer brief =
        client.post(
            "/api/auth/register", "", person("brief@acme.dev").put("password", "123456789"));
    assertThat(brief.error()).isEqualTo("invalid_request");
    assertThat(brief.text("message")).contains("password").doesNotContain("123456789");
    String session = client.register("life@acme.dev");
    assertThat(
            client
                .post(
                    "/api/my/cli/tokens",
                    session,
                    fields().put("name", "x").put("expires", "tomorrow"))
                .error())
        .isEqualTo("invalid_request");
  }

  @Test
  void neither_password_nor_token_is_stored_or_shown() {
    String session = client.register("secret@acme.dev");
    String pat = client.pat(session, "ci");
    client.get("/api/my/profile", pat);
    String stored =
        broker.database().dsl().fetch("select t::text from mesh.account t").formatCSV()
            + broker.database().dsl().fetch("select t::text from mesh.account_token t").formatCSV()
            + broker.database().dsl().fetch("select t::text from mesh.account_event t").formatCSV();
    assertThat(stored)
        .contains("secret@acme.dev")
        .doesNotContain(PASSWORD)
        .doesNotContain(session.substring("cm_session_".length()))
        .doesNotContain(pat.substring("cm_pat_".length()));
  }
}
