package dev.claudemesh.broker.accounts;

import static dev.claudemesh.broker.accounts.AccountClient.fields;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMail;
import dev.claudemesh.broker.accounts.AccountClient.Answer;
import dev.claudemesh.broker.kernel.AccountLimits;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Codes by mail, with a real mail server: `send_login_code`, `login_by_code`, `reset_password`.
@Timeout(60)
class CodeWireTest {
  private static final String OTHER = "another horse battery";

  private static TestMail mail;
  private static TestBroker broker;
  private static AccountClient client;
  private int before;

  @BeforeAll
  static void start() {
    mail = TestMail.start();
    Map<String, String> settings = new HashMap<>(mail.settings());
    settings.put("BROKER_ACCOUNTS", "true");
    broker =
        TestBroker.start(
            settings,
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
    mail.close();
  }

  @BeforeEach
  void count() {
    before = mail.count();
  }

  private static Answer send(String email) {
    return client.post("/api/auth/code", "", fields().put("email", email));
  }

  /// Has a code mailed and reads it.
  private String code(String email) {
    assertThat(send(email).status()).isEqualTo(200);
    TestMail.Received received = mail.await(before + 1);
    before++;
    assertThat(received.to()).isEqualTo(email);
    assertThat(received.html()).contains(received.code());
    assertThat(received.text()).contains("https://mesh.broker.example").doesNotContain("127.0.0.1");
    return received.code();
  }

  private static Answer login(String email, String code) {
    return client.post("/api/auth/code/login", "", fields().put("email", email).put("code", code));
  }

  private static Answer reset(String email, String code, String password) {
    return client.post(
        "/api/auth/password/reset",
        "",
        fields().put("email", email).put("code", code).put("password", password));
  }

  private static Answer password(String email, String password) {
    return client.post(
        "/api/auth/login", "", fields().put("email", email).put("password", password));
  }

  private static void account(String email) {
    assertThat(client.post("/api/auth/register", "", AccountClient.person(email)).status())
        .isEqualTo(200);
  }

  @Test
  void a_code_from_the_mail_signs_in_once() {
    account("once@acme.dev");
    String code = code("once@acme.dev");
    Answer in = login("Once@acme.dev", code.substring(0, 4) + " " + code.substring(4));
    assertThat(in.status()).as("%s", in).isEqualTo(200);
    assertThat(client.get("/api/my/profile", in.text("token")).status()).isEqualTo(200);
    assertThat(login("once@acme.dev", code).error()).isEqualTo("wrong_code");
  }

  @Test
  void an_address_without_an_account_gets_the_same_answers_and_no_mail() {
    account("known@acme.dev");
    Answer known = send("known@acme.dev");
    Answer unknown = send("unknown@acme.dev");
    assertThat(unknown).isEqualTo(known);
    mail.await(before + 1);
    assertThat(login("unknown@acme.dev", "12345678")).isEqualTo(login("known@acme.dev", "1234567"));
    assertThat(reset("unknown@acme.dev", "12345678", OTHER).error()).isEqualTo("wrong_code");
    for (int i = 0; i < 2; i++) {
      assertThat(send("unknown@acme.dev").status()).isEqualTo(200);
    }
    assertThat(send("unknown@acme.dev").error()).isEqualTo("rate_limited");
    assertThat(mail.count()).isEqualTo(before + 1);
  }

  @Test
  void after_five_wrong_tries_the_right_code_is_wrong_too_and_after_ten_minutes() {
    account("tries@acme.dev");
    String code = code("tries@acme.dev");
    String wrong = code.equals("00000000") ? "00000001" : "00000000";
    for (int i = 0; i < 5; i++) {
      assertThat(login("tries@acme.dev", wrong).error()).isEqualTo("wrong_code");
    }
    assertThat(login("tries@acme.dev", code).error()).isEqualTo("wrong_code");
    broker.clock().advance(Duration.ofMinutes(2));
    String late = code("tries@acme.dev");
    broker.clock().advance(CodeRules.LIFE);
    assertThat(login("tries@acme.dev", late).error()).isEqualTo("wrong_code");
    String good = code("tries@acme.dev");
    assertThat(login("tries@acme.dev", good).status()).isEqualTo(200);
  }

  @Test
  void a_forgotten_password_is_set_anew_which_ends_sessions_and_leaves_tokens_of_scripts() {
    account("reset@acme.dev");
    assertThat(reset("reset@acme.dev", code("reset@acme.dev"), AccountClient.PASSWORD).status())
        .isEqualTo(200);
    String session = password("reset@acme.dev", AccountClient.PASSWORD).text("token");
    String pat = client.pat(session, "ci");
    assertThat(reset("reset@acme.dev", code("reset@acme.dev"), OTHER).status()).isEqualTo(200);
    assertThat(client.get("/api/my/profile", session).error()).isEqualTo("token_revoked");
    assertThat(client.get("/api/my/profile", pat).status()).isEqualTo(200);
    assertThat(password("reset@acme.dev", AccountClient.PASSWORD).error())
        .isEqualTo("wrong_password");
    assertThat(password("reset@acme.dev", OTHER).status()).isEqualTo(200);
    assertThat(reset("reset@acme.dev", "1", "short").error()).isEqualTo("invalid_request");
  }

  @Test
  void whoever_registers_a_strangers_address_gets_no_foot_in_their_account() {
    account("victim@acme.dev");
    Answer early = password("victim@acme.dev", AccountClient.PASSWORD);
    assertThat(early.error()).isEqualTo("unproven_address");
    assertThat(password("victim@acme.dev", "not the password").error()).isEqualTo("wrong_password");
    String token = login("victim@acme.dev", code("victim@acme.dev")).text("token");
    assertThat(client.get("/api/my/profile", token).status()).isEqualTo(200);
    assertThat(password("victim@acme.dev", AccountClient.PASSWORD).error())
        .isEqualTo("wrong_password");
    assertThat(
            broker
                .database()
                .dsl()
                .fetchValues(
                    "select what from mesh.account_event e join mesh.account a on a.id ="
                        + " e.account_id where a.email = 'victim@acme.dev' order by e.id"))
        .asString()
        .isEqualTo("[mailbox_proven, issued]");
  }

  @Test
  void no_code_is_at_rest_in_clear() {
    account("rest@acme.dev");
    String code = code("rest@acme.dev");
    assertThat(
            broker
                .database()
                .dsl()
                .fetchValue(
                    "select code_hash from mesh.account_code where email = 'rest@acme.dev'"))
        .asString()
        .startsWith("$argon2id$")
        .doesNotContain(code);
  }

  @Test
  void a_broker_that_sends_no_mail_says_so() {
    try (TestBroker silent = TestBroker.start(Map.of("BROKER_ACCOUNTS", "true"));
        AccountClient at = AccountClient.of(silent)) {
      Answer answer = at.post("/api/auth/code", "", fields().put("email", "a@acme.dev"));
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.text("message")).contains("BROKER_SMTP_URL");
    }
  }
}
