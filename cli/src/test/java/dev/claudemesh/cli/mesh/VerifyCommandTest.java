package dev.claudemesh.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SafetyNumber;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerifyCommandTest {
  private static TestBroker broker;

  @TempDir Path temp;
  private Shell ana;
  private Shell bob;

  @BeforeAll
  static void aBroker() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void twoMembers() {
    ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl()).at(broker.clock());
    bob = new Shell(temp.resolve("bob"), "bob").broker(broker.wsUrl()).at(broker.clock());
    ana.ok("create", "verify");
    bob.ok("join", ana.ok("invite").out().strip());
  }

  @Test
  void both_sides_read_the_same_number() throws IOException {
    String number = ana.ok("verify", "bob", "--json").json().path("safetyNumber").stringValue();

    assertThat(number).matches("\\d{30}").isEqualTo(expected());
    assertThat(bob.ok("verify", "ana", "--json").json().path("safetyNumber").stringValue())
        .isEqualTo(number);
    Shell.Ran shown = ana.ok("verify", "bob");
    assertThat(shown.out())
        .startsWith("Safety number of you and bob on " + membership(ana).slug() + "\n")
        .contains("  " + number.substring(0, 5) + "  " + number.substring(5, 10) + "  ");
    assertThat(shown.out().replaceFirst(".*\n", "").replaceAll("\\D", "")).isEqualTo(number);
    assertThat(shown.err()).contains("not over the mesh").doesNotContain("▄");
  }

  @Test
  void the_answer_for_programs_keeps_its_shape() throws IOException {
    GoldenScreens golden = new GoldenScreens();
    String slug = "\"" + membership(ana).slug() + "\"";
    golden.check(
        "verify.json",
        ana.ok("verify", "bob", "--json")
            .out()
            .replace(slug, "\"SLUG\"")
            .replaceAll("\"\\d{30}\"", "\"DIGITS\"")
            .replaceAll("\"\\d{5}\"", "\"GROUP\""));
    golden.check(
        "verify-own.json",
        ana.ok("verify", "--json")
            .out()
            .replace(slug, "\"SLUG\"")
            .replaceAll("(\"fingerprint\":\")[^\"]*", "$1FINGERPRINT"));
  }

  @Test
  void a_session_is_verified_by_the_key_of_its_member() throws IOException {
    Membership member = membership(bob);
    try (MeshClient session =
        MeshClient.builder(
                member.identity(Keys.generate()),
                HelloDetails.ofThisProcess(Purpose.SESSION).named("bob-laptop"))
            .keyring(new Keyring(member.keys(), key -> {}))
            .clock(broker.clock())
            .start()) {
      session.ready(Duration.ofSeconds(20));

      assertThat(ana.ok("verify", "bob-laptop", "--json").json().path("safetyNumber").stringValue())
          .isEqualTo(expected());
    }
  }

  /// A member who gives their session the name of another one.
  @Test
  void a_member_comes_before_a_session_of_that_name() throws IOException {
    Shell eve = new Shell(temp.resolve("eve"), "eve").broker(broker.wsUrl()).at(broker.clock());
    eve.ok("join", ana.ok("invite").out().strip());
    Membership member = membership(eve);
    try (MeshClient session =
        MeshClient.builder(
                member.identity(Keys.generate()),
                HelloDetails.ofThisProcess(Purpose.SESSION).named("bob"))
            .keyring(new Keyring(member.keys(), key -> {}))
            .clock(broker.clock())
            .start()) {
      session.ready(Duration.ofSeconds(20));

      assertThat(ana.ok("verify", "bob", "--json").json().path("safetyNumber").stringValue())
          .isEqualTo(expected());
    }
  }

  @Test
  void without_a_peer_ones_own_key_is_shown_and_on_a_screen_as_a_picture_too() throws IOException {
    String key = membership(ana).key().publicKey().hex();

    assertThat(ana.ok("verify").out()).contains(key);
    Shell.Ran seen = ana.typing("").with("NO_COLOR", "1").ok("verify");
    assertThat(seen.err()).contains("▄").contains("next: claudemesh verify <member>");
    assertThat(ana.ok("verify", "--no-qr").err()).doesNotContain("▄");
    assertThat(ana.ok("verify", "bob").err()).contains("▄");
  }

  @Test
  void oneself_a_group_and_nobody_have_no_safety_number() {
    assertThat(ana.run("verify", "ana").exit()).isEqualTo(3);
    assertThat(ana.run("verify", "@reviewers").exit()).isEqualTo(3);
    assertThat(ana.run("verify", "*").exit()).isEqualTo(3);
    Shell.Ran typo = ana.run("verify", "bobb");
    assertThat(typo.exit()).isEqualTo(5);
    assertThat(typo.err()).contains("Did you mean bob?");
    Shell.Ran stranger = ana.run("verify", Keys.generate().publicKey().hex());
    assertThat(stranger.exit()).isEqualTo(5);
    assertThat(stranger.err()).containsPattern("No member of verify\\S* has the key");
  }

  @Test
  void an_invite_is_drawn_beside_the_link_and_not_into_it() {
    Shell.Ran ran = ana.ok("invite", "--qr");

    assertThat(ran.out()).matches("http\\S+\n");
    assertThat(ran.err()).contains("▄").contains("good for one newcomer");
    assertThat(ana.ok("invite", "--qr", "--json").err()).doesNotContain("▄");
    Shell.Ran narrow = ana.typing("").with("COLUMNS", "40").with("LANG", "C").ok("invite", "--qr");
    assertThat(narrow.err())
        .contains("The terminal is too narrow for a QR\n  code")
        .doesNotContain("##");
    assertThat(narrow.out()).contains("/i/");
  }

  private String expected() throws IOException {
    return SafetyNumber.of(membership(ana).key().publicKey(), membership(bob).key().publicKey())
        .digits();
  }

  private static Membership membership(Shell shell) throws IOException {
    return Config.parse(Files.readString(shell.config()), "config").memberships().getFirst();
  }
}
