package dev.claudemesh.cli.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMail;
import dev.claudemesh.broker.kernel.AccountLimits;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.cli.Shell.Ran;
import dev.claudemesh.cli.mesh.GoldenScreens;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.AccountToken.Kind;
import dev.claudemesh.protocol.client.BrokerHttp;
import java.io.IOException;
import java.io.PipedOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccountCommandsTest {
  private static final String EMAIL = "ana@acme.dev";
  private static final String PASSWORD = "correct horse battery";

  private static TestBroker broker;
  private static String session;

  @TempDir Path temp;
  private Shell ana;

  @BeforeAll
  static void aBroker() {
    broker =
        TestBroker.start(
            Map.of("BROKER_ACCOUNTS", "true"),
            limits ->
                limits.withAccounts(
                    new AccountLimits(
                        100, 100, 50, 2, 64, 0, 1, 0, 1, Duration.ofDays(90), Duration.ofDays(7))));
    try (BrokerHttp http = new BrokerHttp(broker.wsUrl())) {
      http.call(
          new AccountRequest.Register(EMAIL, PASSWORD, Optional.of("Ana")),
          Optional.empty(),
          Map.of());
    }
    session = session();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void somebody() {
    ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl());
  }

  private static String session() {
    try (BrokerHttp http = new BrokerHttp(broker.wsUrl())) {
      return http.call(
              new AccountRequest.Login(EMAIL, PASSWORD, Optional.of("desk"), Optional.empty()),
              Optional.empty(),
              Map.of())
          .token();
    }
  }

  private Path auth() {
    return ana.home().resolve(".claudemesh").resolve("auth.json");
  }

  @Test
  void login_with_a_token_is_kept_for_its_owner_alone_and_whoami_tells_it() throws IOException {
    Ran login = ana.ok("login", "--token", session);
    assertThat(login.out()).contains("Signed in as " + EMAIL).doesNotContain(session);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(auth())))
        .isEqualTo("rw-------");
    assertThat(Files.readString(auth())).contains(session);
    Ran me = ana.ok("whoami");
    assertThat(me.out()).contains("Account: " + EMAIL, auth().toString()).doesNotContain(session);
    assertThat(ana.ok("whoami", "--json").json().at("/account/email").asString()).isEqualTo(EMAIL);
  }

  @Test
  void every_answer_for_programs_keeps_its_shape() throws IOException {
    GoldenScreens golden = new GoldenScreens();
    golden.check("login.json", shown(ana.ok("login", "--token", session(), "--json")));
    golden.check("whoami-account.json", shown(ana.ok("whoami", "--json")));
    Ran made = ana.ok("token", "create", "golden", "--json");
    golden.check("token-create.json", shown(made));
    golden.check("token-list.json", shown(ana.ok("token", "list", "--json")));
    String id = made.json().path("id").asString();
    golden.check("token-revoke.json", shown(ana.ok("token", "revoke", id, "--json")));
    golden.check("logout.json", shown(ana.ok("logout", "--json")));
  }

  private String shown(Ran ran) {
    return ran.out()
        .replace(temp.toString(), "TEMP")
        .replaceAll("cm_(session|pat)_[a-z2-7]{52}", "cm_$1_TOKEN");
  }

  @Test
  void a_flag_goes_before_a_variable_and_that_before_the_file() {
    ana.piped(session + "\n").ok("login", "--token", "-");
    String variable =
        ana.ok("token", "create", "variable", "--json").json().path("token").asString();
    String flag = ana.ok("token", "create", "flag", "--json").json().path("token").asString();
    assertThat(ana.ok("whoami").out()).contains("auth.json");
    ana.with("CLAUDEMESH_TOKEN", variable);
    assertThat(ana.ok("whoami").out()).contains("token from CLAUDEMESH_TOKEN");
    assertThat(ana.ok("whoami", "--token", flag).out()).contains("token from --token");
  }

  @Test
  void each_bad_token_is_told_what_is_wrong_with_it_and_nothing_is_saved() {
    Ran cut = ana.run("login", "--token", session.substring(0, 30), "--json");
    assertThat(cut.exit()).isEqualTo(2);
    assertThat(cut.json().at("/error/code").asString()).isEqualTo("token_malformed");
    assertThat(cut.err()).doesNotContain(session.substring(0, 30));
    Ran unknown = ana.run("login", "--token", AccountToken.generate(Kind.PAT).text(), "--json");
    assertThat(unknown.json().at("/error/code").asString()).isEqualTo("token_unknown");
    String mine = session();
    ana.ok("login", "--token", mine);
    ana.ok("logout");
    Ran revoked = ana.run("login", "--token", mine, "--json");
    assertThat(revoked.exit()).isEqualTo(2);
    assertThat(revoked.json().at("/error/code").asString()).isEqualTo("token_revoked");
    assertThat(auth()).doesNotExist();
  }

  @Test
  void logout_ends_the_session_on_the_broker_and_removes_the_file() {
    String mine = session();
    ana.ok("login", "--token", mine);
    assertThat(ana.ok("logout", "--json").json().path("revoked").asBoolean()).isTrue();
    assertThat(auth()).doesNotExist();
    assertThat(ana.ok("logout").out()).contains("not signed in");
    assertThat(ana.run("token", "list").exit()).isEqualTo(2);
  }

  @Test
  void logout_removes_the_file_also_when_the_broker_is_away_or_the_file_is_broken()
      throws IOException {
    ana.ok("login", "--token", session());
    Files.writeString(
        auth(), Files.readString(auth()).replace(":" + broker.broker().port() + "/", ":1/"));
    Ran away = ana.ok("logout");
    assertThat(away.err()).contains("did not end the session");
    assertThat(auth()).doesNotExist();
    Files.writeString(auth(), "{ half of it");
    assertThat(ana.run("token", "list").err()).contains("run claudemesh login");
    assertThat(ana.ok("whoami").err()).contains("run claudemesh login");
    ana.ok("logout");
    assertThat(auth()).doesNotExist();
  }

  @Test
  void a_file_that_others_could_read_is_narrowed_down_and_told() throws IOException {
    ana.ok("login", "--token", session);
    Files.setPosixFilePermissions(auth(), PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(ana.ok("whoami").err()).contains("auth.json could be reached by others (rw-r--r--)");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(auth())))
        .isEqualTo("rw-------");
    assertThat(ana.ok("whoami").err()).doesNotContain("could be reached");
  }

  @Test
  void tokens_are_made_shown_once_listed_and_revoked() {
    ana.ok("login", "--token", session);
    Ran made = ana.ok("token", "create", "nightly", "--expires", "never");
    String token = made.out().strip();
    assertThat(AccountToken.of(token)).isPresent();
    assertThat(made.err()).contains("never ends");
    Ran list = ana.ok("token", "list");
    assertThat(list.out()).contains("nightly", "desk", "this one").doesNotContain(token);
    String id =
        ana.ok("token", "list", "--json")
            .json()
            .path("tokens")
            .valueStream()
            .filter(entry -> entry.path("name").asString().equals("nightly"))
            .findFirst()
            .orElseThrow()
            .path("id")
            .asString();
    ana.ok("token", "revoke", id.substring(0, 12));
    assertThat(ana.run("token", "revoke", id).exit()).isEqualTo(5);
    Ran after = ana.ok("whoami", "--token", token);
    assertThat(after.err()).contains("revoked");
    assertThat(ana.run("token", "create", "x", "--expires", "2w").exit()).isEqualTo(3);
  }

  @Test
  void login_shows_a_code_and_is_let_in_once_a_browser_approves_it() throws Exception {
    CompletableFuture<Ran> login =
        CompletableFuture.supplyAsync(() -> ana.run("login", "--no-browser", "--json"));
    decide("approve");
    Ran ran = login.get();
    assertThat(ran.exit()).as(ran.err()).isEqualTo(0);
    assertThat(ran.json().path("email").asString()).isEqualTo(EMAIL);
    assertThat(ran.err()).containsPattern("/cli-auth\\?code=[A-Z]{4}-[A-Z]{4}");
    assertThat(ana.ok("whoami").out()).contains(EMAIL);
  }

  @Test
  void a_login_that_was_denied_and_one_without_a_broker_end_with_their_own_codes()
      throws Exception {
    CompletableFuture<Ran> login =
        CompletableFuture.supplyAsync(() -> ana.run("register", "--no-browser"));
    decide("deny");
    Ran denied = login.get();
    assertThat(denied.exit()).isEqualTo(1);
    assertThat(denied.err()).contains("Denied");
    assertThat(auth()).doesNotExist();
    assertThat(ana.run("login", "--broker", "ws://127.0.0.1:1/ws").exit()).isEqualTo(4);
  }

  @Test
  void a_token_goes_to_the_broker_it_is_from_and_to_no_other() {
    ana.ok("login", "--token", session);
    Ran other = ana.run("token", "list", "--broker", "ws://127.0.0.1:1/ws");
    assertThat(other.exit()).isEqualTo(2);
    assertThat(other.err()).contains("not at ws://127.0.0.1:1/ws");
  }

  @Test
  void a_password_is_changed_by_the_old_one_and_this_machine_stays_signed_in() throws IOException {
    String email = "change@acme.dev";
    try (BrokerHttp http = new BrokerHttp(broker.wsUrl())) {
      http.call(
          new AccountRequest.Register(email, PASSWORD, Optional.empty()),
          Optional.empty(),
          Map.of());
      String other =
          http.call(
                  new AccountRequest.Login(email, PASSWORD, Optional.of("x"), Optional.empty()),
                  Optional.empty(),
                  Map.of())
              .token();
      ana.piped(other + "\n").ok("login", "--token", "-");
      assertThat(ana.piped("not the old one\nnew horse battery\n").run("password").exit())
          .isEqualTo(2);
      assertThat(ana.piped(PASSWORD + "\nshort\n").run("password").exit()).isEqualTo(3);
      assertThat(ana.piped("").run("password").exit()).isEqualTo(1);
      Ran changed = ana.piped(PASSWORD + "\nnew horse battery\n").ok("password", "--json");
      new GoldenScreens().check("password.json", shown(changed));
      assertThat(Files.readString(auth())).doesNotContain(other, "horse");
      assertThat(ana.ok("whoami").out()).contains(email);
      assertThat(ana.ok("whoami", "--token", other).err()).contains("revoked");
    }
  }

  @Test
  void a_forgotten_password_is_set_by_a_code_from_the_mail_and_invites_go_out_by_mail() {
    try (TestMail mail = TestMail.start()) {
      Map<String, String> settings = new HashMap<>(mail.settings());
      settings.put("BROKER_ACCOUNTS", "true");
      try (TestBroker mailing = TestBroker.start(settings);
          BrokerHttp http = new BrokerHttp(mailing.wsUrl())) {
        Shell ben = new Shell(temp.resolve("ben"), "ben").broker(mailing.wsUrl());
        http.call(
            new AccountRequest.Register("ben@acme.dev", PASSWORD, Optional.empty()),
            Optional.empty(),
            Map.of());
        PipedOutputStream typing = new PipedOutputStream();
        ben.piped(typing);
        CompletableFuture<Ran> reset =
            CompletableFuture.supplyAsync(() -> ben.run("password", "--reset", "ben@acme.dev"));
        typing.write((mail.await(1).code() + "\nnew horse battery\n").getBytes(UTF_8));
        typing.close();
        assertThat(reset.join().exit()).as(reset.join().err()).isZero();
        assertThat(ben.ok("whoami").out()).contains("ben@acme.dev");

        ben.piped("").ok("create", "Platform");
        Ran invite = ben.ok("invite", "--email", "cleo@example.test", "--json");
        assertThat(invite.json().path("emailed").asBoolean()).isTrue();
        TestMail.Received received = mail.await(2);
        String link = invite.json().path("url").asString();
        assertThat(received.to()).isEqualTo("cleo@example.test");
        assertThat(received.text()).contains("claudemesh join " + link);
        assertThat(received.html()).contains(link);
        Shell cleo = new Shell(temp.resolve("cleo"), "cleo");
        cleo.ok("join", link.replaceFirst("https://[^/]+", mailing.httpUrl().toString()));
        assertThat(ben.run("invite", "--email", "not an address").exit()).isEqualTo(3);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    ana.ok("create", "Quiet");
    Ran unmailed = ana.ok("invite", "--email", "cleo@example.test", "--json");
    assertThat(unmailed.json().path("emailed").asBoolean(true)).isFalse();
    assertThat(unmailed.err()).contains("did not mail it");
  }

  @Test
  void meshes_are_listed_in_the_account_from_every_machine_and_their_keys_stay_where_they_are()
      throws IOException {
    String email = "sync@acme.dev";
    register(email);
    ana.ok("create", "Before");
    ana.piped(login(email) + "\n").ok("login", "--token", "-");
    assertThat(ana.ok("create", "After").err()).contains("listed in your account");
    Ran here = ana.ok("sync");
    assertThat(here.out()).contains("before", "after", "owner", "here").doesNotContain("elsewhere");
    String link = ana.ok("invite", "--mesh", "after", "--json").json().path("url").asString();

    Shell laptop = new Shell(temp.resolve("laptop"), "ana").broker(broker.wsUrl());
    laptop.piped(login(email) + "\n").ok("login", "--token", "-");
    Ran elsewhere = laptop.ok("sync", "--json");
    new GoldenScreens().check("sync.json", shown(elsewhere));
    assertThat(laptop.ok("sync").out()).contains("elsewhere").doesNotContain(" here");
    assertThat(laptop.ok("sync").err()).contains("claudemesh backup");
    assertThat(laptop.config()).doesNotExist();
    assertThat(laptop.ok("join", link, "--as", "Ana on the road").err())
        .contains("listed in your account");
    assertThat(laptop.ok("sync").out()).contains("here", "elsewhere");
    assertThat(ana.ok("sync", "--json").json().path("meshes")).hasSize(3);

    assertThat(laptop.ok("sync", "--forget", "Before").out()).contains("you stay a member");
    assertThat(laptop.run("sync", "--forget", "Before").exit()).isEqualTo(5);
    assertThat(ana.ok("list").out()).contains("before");
    assertThat(ana.ok("sync", "--json").json().path("linked").asInt()).isEqualTo(1);
  }

  @Test
  void a_membership_is_gained_all_the_same_when_the_account_cannot_list_it() {
    String mine = session();
    ana.ok("login", "--token", mine);
    try (BrokerHttp http = new BrokerHttp(broker.wsUrl())) {
      http.call(new AccountRequest.Logout(), AccountToken.of(mine).orElseThrow());
    }
    Ran made = ana.ok("create", "Anyway");
    assertThat(made.err()).contains("Not listed in your account", "revoked");
    assertThat(ana.ok("list").out()).contains("anyway");
    assertThat(ana.run("sync").exit()).isEqualTo(2);
  }

  @Test
  void a_fresh_machine_goes_from_login_over_create_and_an_invite_by_mail_to_claude_in_one_go()
      throws IOException {
    try (TestMail mail = TestMail.start();
        TestBroker mailing = TestBroker.start(mail.settings())) {
      Path claude = temp.resolve("claude");
      Path mesh = temp.resolve("mesh.txt");
      Files.writeString(
          claude,
          "#!/bin/sh\nif [ \"$1\" = --version ]; then echo '2.1.329 (Claude Code)'; exit 0; fi\n"
              + "cat \"$CLAUDEMESH_CONFIG_DIR\"/* > '"
              + mesh
              + "' 2> /dev/null\nexit 0\n");
      assertThat(claude.toFile().setExecutable(true)).isTrue();
      Shell fresh =
          new Shell(temp.resolve("fresh"), "dora")
              .with("CLAUDE_BIN", claude.toString())
              .launcher(temp.resolve("claudemesh"));
      fresh
          .piped(session + "\n")
          .ok("login", "--token", "-", "--broker", broker.wsUrl().toString());
      fresh.ok("create", "Together", "--broker", mailing.wsUrl().toString());
      fresh.ok("invite", "--email", "eli@example.test");
      assertThat(mail.await(1).subject()).isEqualTo("dora invites you to Together");
      assertThat(fresh.run("launch", "--mesh", "together").exit()).isZero();
      assertThat(Files.readString(mesh))
          .contains("together")
          .doesNotContain(session); // Claude Code has no account
    }
  }

  private static void register(String email) {
    try (BrokerHttp http = new BrokerHttp(broker.wsUrl())) {
      http.call(
          new AccountRequest.Register(email, PASSWORD, Optional.empty()),
          Optional.empty(),
          Map.of());
    }
  }

  private static String login(String email) {
    try (BrokerHttp http = new BrokerHttp(broker.wsUrl())) {
      return http.call(
              new AccountRequest.Login(email, PASSWORD, Optional.of("desk"), Optional.empty()),
              Optional.empty(),
              Map.of())
          .token();
    }
  }

  /// What a person does on the page, for the newest code that waits.
  private static void decide(String action) throws IOException, InterruptedException {
    String code = waiting();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> in =
          http.send(
              form("action=login&email=" + EMAIL + "&password=" + PASSWORD.replace(" ", "+"), ""),
              BodyHandlers.ofString());
      String cookie = in.headers().firstValue("set-cookie").orElseThrow().split(";")[0];
      HttpResponse<String> card =
          http.send(
              HttpRequest.newBuilder(URI.create(broker.httpUrl() + "/cli-auth?code=" + code))
                  .header("Cookie", cookie)
                  .build(),
              BodyHandlers.ofString());
      Matcher key = Pattern.compile("name=\"key\" value=\"([0-9a-f]+)\"").matcher(card.body());
      assertThat(key.find()).isTrue();
      assertThat(
              http.send(
                      form("action=" + action + "&code=" + code + "&key=" + key.group(1), cookie),
                      BodyHandlers.ofString())
                  .statusCode())
          .isEqualTo(303);
    }
  }

  private static HttpRequest form(String body, String cookie) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(broker.httpUrl() + "/cli-auth"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body));
    return cookie.isEmpty() ? request.build() : request.header("Cookie", cookie).build();
  }

  private static String waiting() {
    while (true) {
      Optional<String> code =
          broker
              .database()
              .dsl()
              .fetchOptional("select user_code from mesh.device_login where decided_at is null")
              .map(row -> row.get(0, String.class));
      if (code.isPresent()) {
        return code.get();
      }
      Thread.onSpinWait();
    }
  }
}
