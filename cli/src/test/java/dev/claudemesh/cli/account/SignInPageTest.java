package dev.claudemesh.cli.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.Chromium;
import dev.claudemesh.Program;
import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.broker.TestMail;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.client.BrokerHttp;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Signs command lines in as a person does: `claudemesh login` as a process of its own, and its
/// page in a real Chromium. With `-Dupdate=true` it also takes the pictures of the documents.
@Timeout(120)
class SignInPageTest {
  private static final String PASSWORD = "correct horse battery";
  private static final Pattern PAGE = Pattern.compile("(http://\\S+/cli-auth\\?code=(\\S{9})\\S*)");

  private static TestBroker broker;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path temp;

  private Chromium browser;
  private final List<Process> running = new ArrayList<>();

  @BeforeAll
  static void aBroker() {
    assumeTrue(
        Chromium.binary().isPresent(),
        "no Chromium: apt-get install chromium, or set CHROMIUM_BIN; skipped");
    broker = TestBroker.start(Map.of("BROKER_ACCOUNTS", "true"));
  }

  @AfterAll
  static void stop() {
    if (broker != null) {
      broker.close();
    }
  }

  @BeforeEach
  void aBrowser() throws IOException {
    browser = Chromium.start();
  }

  @AfterEach
  void close() {
    browser.close();
    running.forEach(Program::end);
  }

  /// A command that waits for its page.
  ///
  /// @param page what it says is to be opened
  private record Waiting(Process process, Path home, String page, String code, Path out) {
    /// How it ended.
    int exit() throws InterruptedException {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    Path auth() {
      return home.resolve(".claudemesh/auth.json");
    }
  }

  private Waiting command(String who, String... words) throws IOException {
    Path home = Files.createDirectories(temp.resolve(who));
    Path out = home.resolve("out.txt");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Duser.home=" + home,
            "-cp",
            System.getProperty("surefire.real.class.path", System.getProperty("java.class.path")),
            "dev.claudemesh.cli.Main"));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("CLAUDEMESH_"));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("CLAUDEMESH_BROKER_URL", broker.wsUrl().toString());
    Process process = builder.start();
    running.add(process);
    process.getOutputStream().close();
    StringBuilder said = new StringBuilder();
    for (int next = process.getErrorStream().read();
        next >= 0;
        next = process.getErrorStream().read()) {
      said.append((char) next);
      Matcher page = PAGE.matcher(said);
      if (next == '\n' && page.find() && said.indexOf(spaced(page.group(2))) >= 0) {
        return new Waiting(process, home, page.group(1), page.group(2), out);
      }
    }
    throw new AssertionError("it ended: " + said);
  }

  /// A code as it stands large in the terminal.
  private static String spaced(String code) {
    return String.join(" ", code.split(""));
  }

  private void signIn(String email, String password) {
    browser.type("E-mail", email);
    browser.type("Password", password);
    browser.press("Sign in");
  }

  private void register(String email) throws IOException, InterruptedException {
    Waiting register = command(email, "register");
    assertThat(register.page()).endsWith("&way=register");
    browser.open(register.page());
    browser.type("Your name", "Ana");
    browser.type("E-mail", email);
    browser.type("Password (at least 10 characters)", PASSWORD);
    browser.press("Make an account");
    browser.press("Approve");
    assertThat(register.exit()).isZero();
    browser.press("Another code");
    browser.press("Sign out");
  }

  @Test
  void a_person_registers_signs_in_sees_their_machine_and_lets_it_in() throws Exception {
    register("ana@acme.dev");
    Instant start = Instant.now();
    Waiting login = command("ana-at-home", "login");
    browser.open(login.page());
    browser.picture("sign-in");
    browser.type("E-mail", "ana@acme.dev");
    browser.type("Password", PASSWORD);
    browser.enter();

    assertThat(browser.text())
        .contains("Let this terminal in?", login.code(), "10 min", "127.0.0.1")
        .contains(
            InetAddress.getLocalHost().getHostName(),
            System.getProperty("os.name") + " " + System.getProperty("os.arch"))
        .contains("Signed in as ana@acme.dev");
    pictures("approve");
    browser.press("Approve");
    assertThat(browser.text()).contains("Return to your terminal");
    browser.picture("approved");

    assertThat(login.exit()).isZero();
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(30));
    assertThat(Files.readString(login.out())).contains("Signed in as ana@acme.dev");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(login.auth())))
        .isEqualTo("rw-------");
    String token = Wire.mapper().readTree(login.auth().toFile()).path("token").asString();
    assertThat(token).startsWith("cm_session_");
    assertThat(Files.readString(login.out())).doesNotContain(token);
    assertThat(browser.text()).doesNotContain(token);
  }

  @Test
  void a_person_denies_what_is_not_theirs_and_that_terminal_learns_it() throws Exception {
    register("ben@acme.dev");
    Waiting login = command("somebody", "login");
    browser.open(login.page());
    signIn("ben@acme.dev", PASSWORD);
    browser.press("Deny");
    assertThat(browser.text()).contains("Nobody was let in");
    assertThat(login.exit()).isEqualTo(1);
    assertThat(login.auth()).doesNotExist();
  }

  @Test
  void a_wrong_password_and_an_unknown_address_read_the_same_and_keep_what_was_typed()
      throws Exception {
    register("cleo@acme.dev");
    browser.open(broker.httpUrl() + "/cli-auth");
    signIn("cleo@acme.dev", "not the password");
    String wrong = browser.text();
    String typed = browser.evaluate("document.querySelector('[name=email]').value").asString();
    signIn("nobody@acme.dev", "not the password");
    assertThat(browser.text()).isEqualTo(wrong).contains("No account here has this address");
    assertThat(typed).isEqualTo("cleo@acme.dev");
    assertThat(browser.evaluate("document.querySelector('[name=password]').value").asString())
        .isEmpty();
  }

  @Test
  void a_form_without_its_key_is_refused_by_a_browser_that_is_signed_in() throws Exception {
    register("dan@acme.dev");
    Waiting login = command("dan-at-home", "login");
    browser.open(login.page());
    signIn("dan@acme.dev", PASSWORD);
    browser.evaluate("document.querySelectorAll('[name=key]').forEach(key => key.remove())");
    browser.press("Approve");
    assertThat(browser.text()).contains("did not come from this page").contains(login.code());
    assertThat(browser.evaluate("document.cookie").asString()).isEmpty();
    browser.press("Deny");
    assertThat(login.exit()).isEqualTo(1);
  }

  @Test
  void the_page_fits_a_phone_and_can_be_used_by_keyboard_and_read_in_light_and_dark()
      throws Exception {
    register("eva@acme.dev");
    Waiting login = command("eva-at-home", "login");
    browser.phone();
    browser.open(login.page());
    browser.checkReadable();
    assertThat(browser.tab(2)).isEqualTo("Password");
    assertThat(browser.tab(1)).isEqualTo("Sign in");
    browser.open(login.page().replace("?", "?way=register&"));
    browser.checkReadable();
    browser.open(login.page());
    signIn("eva@acme.dev", PASSWORD);
    browser.checkReadable();
    assertThat(browser.tab(1)).isEqualTo("Approve");
    assertThat(browser.tab(1)).isEqualTo("Deny");
    browser.press("Deny");
    browser.checkReadable();
    assertThat(login.exit()).isEqualTo(1);
  }

  @Test
  void it_speaks_spanish_to_who_prefers_that() throws Exception {
    register("fina@acme.dev");
    Waiting login = command("fina-at-home", "login");
    browser.speak("es-ES,es");
    browser.open(login.page());
    browser.type("Correo electrónico", "fina@acme.dev");
    browser.type("Contraseña", PASSWORD);
    browser.press("Entrar");
    assertThat(browser.text()).contains("¿Permitir este terminal?", "Tiempo restante");
    browser.picture("approve-es");
    browser.press("Aprobar");
    assertThat(browser.text()).contains("Vuelva a su terminal");
    assertThat(login.exit()).isZero();
  }

  @Test
  void tokens_are_made_shown_once_and_revoked_on_a_page_and_machines_signed_out() throws Exception {
    register("hal@acme.dev");
    browser.open(broker.httpUrl() + "/account");
    assertThat(browser.address()).endsWith("/cli-auth");
    signIn("hal@acme.dev", PASSWORD);
    browser.press("Tokens and machines");
    assertThat(browser.text()).contains("You have none.", InetAddress.getLocalHost().getHostName());
    browser.type("What it is for", "ci <b>");
    browser.press("Make a token");
    String token = browser.evaluate("document.querySelector('pre').textContent").asString();
    assertThat(AccountToken.of(token)).isPresent();
    assertThat(email(token)).isEqualTo("hal@acme.dev");
    browser.checkReadable();
    assertThat(browser.text()).doesNotContain("It never ends");
    browser.open(broker.httpUrl() + "/account");
    assertThat(browser.text()).contains("ci <b>", "last used").doesNotContain(token);
    browser.phone();
    browser.checkReadable();
    browser.desktop();
    browser.press("Revoke ci <b>");
    assertThat(browser.text()).contains("You have none.");
    assertThat(email(token)).isEqualTo("token_revoked");
    browser.press("Revoke " + InetAddress.getLocalHost().getHostName());
    assertThat(browser.evaluate("document.querySelectorAll('li').length").asInt()).isZero();

    browser.type("What it is for", "robot");
    browser.evaluate("document.querySelector('[name=expires]').value = 'never'");
    browser.press("Make a token");
    assertThat(browser.text()).contains("It never ends", "never used · never ends");
    browser.type("What it is for", "forged");
    browser.evaluate("document.querySelectorAll('[name=key]').forEach(key => key.value = '0')");
    browser.press("Make a token");
    assertThat(browser.text())
        .contains("did not come from this page")
        .doesNotContain("cm_pat_", "forged");
  }

  /// Whose a token is, or what is wrong with it.
  private static String email(String token) {
    try (BrokerHttp http = new BrokerHttp(broker.wsUrl())) {
      return http.call(new AccountRequest.ShowProfile(), AccountToken.of(token).orElseThrow())
          .user()
          .email();
    } catch (Problem problem) {
      return problem.code().wireName();
    }
  }

  @Test
  void where_mail_is_sent_a_code_from_it_makes_the_account_and_mends_a_forgotten_password()
      throws Exception {
    try (TestMail mail = TestMail.start()) {
      Map<String, String> settings = new HashMap<>(mail.settings());
      settings.put("BROKER_ACCOUNTS", "true");
      settings.put("BROKER_PUBLIC_URL", "http://mesh.broker.example");
      try (TestBroker mailing = TestBroker.start(settings)) {
        browser.open(mailing.httpUrl() + "/cli-auth");
        browser.press("Make an account");
        browser.type("Your name", "Gus");
        browser.type("E-mail", "gus@acme.dev");
        browser.press("Send me a code");
        assertThat(browser.text()).contains("Set a password", "a code is on its way");
        browser.checkReadable();
        browser.type("Code from the mail", mail.await(1).code());
        browser.type("Password (at least 10 characters)", PASSWORD);
        browser.press("Save and sign in");
        assertThat(browser.text()).contains("Signed in as gus@acme.dev");
        browser.press("Sign out");

        browser.press("Forgot the password?");
        browser.type("E-mail", "gus@acme.dev");
        browser.press("Send me a code");
        browser.type("Code from the mail", "00000000");
        browser.type("Password (at least 10 characters)", "another " + PASSWORD);
        browser.press("Save and sign in");
        assertThat(browser.text()).contains("This code is wrong");
        browser.type("Code from the mail", mail.await(2).code());
        browser.type("Password (at least 10 characters)", "another " + PASSWORD);
        browser.press("Save and sign in");
        assertThat(browser.text()).contains("Signed in as gus@acme.dev");
        browser.press("Sign out");

        signIn("gus@acme.dev", PASSWORD);
        assertThat(browser.text()).contains("No account here has this address");
        browser.press("Sign in by e-mail code");
        browser.type("E-mail", "gus@acme.dev");
        browser.press("Send me a code");
        browser.picture("mail-code");
        browser.type("Code from the mail", mail.await(3).code());
        browser.press("Sign in");
        assertThat(browser.text()).contains("Signed in as gus@acme.dev");
      }
    }
  }

  /// At a desk, in the dark, and on a phone.
  private void pictures(String name) throws IOException {
    browser.picture(name);
    browser.dark(true);
    browser.picture(name + "-dark");
    browser.dark(false);
    browser.phone();
    browser.picture(name + "-phone");
    browser.desktop();
  }
}
