package dev.claudemesh.protocol.invites;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Seeds;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.invites.InviteLink.Kind;
import java.net.URI;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InviteLinkTest {
  private static final String TOKEN = "eyJ2IjoxLCJtZXNoX2lkIjoiYWJjIn0";

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:7900/i/ABCD2345, http://127.0.0.1:7900",
    "https://mesh.example.com/i/ABCD2345, https://mesh.example.com",
    "https://mesh.example.com/de/i/ABCD2345, https://mesh.example.com",
    "https://mesh.example.com/i/ABCD2345/, https://mesh.example.com",
    "https://mesh.example.com/i/ABCD2345?from=chat, https://mesh.example.com",
    "https://mesh.example.com/team/i/ABCD2345, https://mesh.example.com/team",
    "https://mesh.example.com/team/de/i/ABCD2345, https://mesh.example.com/team/de",
    "HTTPS://Mesh.Example.COM:443/i/abcd2345, https://mesh.example.com:443",
    "mesh.example.com/i/ABCD2345, https://mesh.example.com",
    "mesh.example.com:7900/i/ABCD2345, https://mesh.example.com:7900",
    "localhost:7900/i/ABCD2345, http://localhost:7900",
    "127.0.0.1:7900/i/ABCD2345, http://127.0.0.1:7900",
    "[::1]:7900/i/ABCD2345, http://[::1]:7900",
    "http://[2001:db8::1]/i/ABCD2345, http://[2001:db8::1]",
    "<https://mesh.example.com/i/ABCD2345>, https://mesh.example.com",
    "'  https://mesh.example.com/i/ABCD2345\n', https://mesh.example.com",
  })
  void a_short_link_says_where_its_code_can_be_taken(String text, URI broker) {
    InviteLink link = InviteLink.parse(text);

    assertThat(link.kind()).isEqualTo(new Kind.Code("ABCD2345"));
    assertThat(link.broker()).contains(broker);
    assertThat(link.fingerprint()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ABCD2345",
        "abcd2345",
        "claudemesh://i/ABCD2345",
        "ic://i/ABCD2345",
        "CLAUDEMESH://i/ABCD2345/"
      })
  void a_bare_code_is_for_the_default_broker(String text) {
    assertThat(InviteLink.parse(text))
        .isEqualTo(new InviteLink(new Kind.Code("ABCD2345"), Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"k3Jx9Q", "Ab1Cd2Ef3Gh4Ij5K"})
  void codes_of_other_brokers_are_taken_as_they_are(String code) {
    assertThat(InviteLink.parse(code).kind()).isEqualTo(new Kind.Code(code));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        TOKEN,
        "ic://join/" + TOKEN,
        "claudemesh://join/" + TOKEN,
        "https://example.com/join/" + TOKEN,
        "https://example.com/fr/join/" + TOKEN,
        "https://example.com/join/" + TOKEN + "/",
        "example.com/join/" + TOKEN
      })
  void a_long_link_holds_a_token_and_never_shows_it(String text) {
    InviteLink link = InviteLink.parse(text);

    assertThat(link.kind()).isEqualTo(new Kind.Token(TOKEN));
    assertThat(link.toString()).doesNotContain(TOKEN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // nothing, or not enough
        "",
        " ",
        "ABC",
        "hello world",
        "https://",
        "https:///i/ABCD2345",
        "https://example.com",
        "https://example.com/",
        "https://example.com/i/",
        "https://example.com/i",
        "https://example.com/i/ABC",
        "https://example.com/join/short",
        "claudemesh://",
        "claudemesh://i",
        "claudemesh://x/ABCD2345",
        "/i/ABCD2345",
        "//example.com/i/ABCD2345",
        // other schemes
        "javascript://example.com/i/ABCD2345",
        "file:///i/ABCD2345",
        "ftp://example.com/i/ABCD2345",
        "ws://example.com/i/ABCD2345",
        "data://text/i/ABCD2345",
        "httpss://example.com/i/ABCD2345",
        // who is the host?
        "https://example.com@evil.example/i/ABCD2345",
        "https://user:pass@example.com/i/ABCD2345",
        "https://example.com\\@evil.example/i/ABCD2345",
        "https://example.com:0/i/ABCD2345",
        "https://example.com:99999/i/ABCD2345",
        "https://example.com:80:80/i/ABCD2345",
        "https://example.com:/i/ABCD2345",
        "https://-example.com/i/ABCD2345",
        "https://example..com/i/ABCD2345",
        "https://[zz]/i/ABCD2345",
        "https://[:::::::::]/i/ABCD2345",
        "https://exa%6dple.com/i/ABCD2345",
        "https://exa mple.com/i/ABCD2345",
        // unicode: a look-alike host, look-alike letters in a code, invisible characters
        "https://ex\u0430mple.com/i/ABCD2345",
        "https://example.com/i/\u0410BCD2345",
        "https://example.com/i/ABCD2345\u200b",
        "ABCD\u00ad2345",
        "https://example\u3002com/i/ABCD2345",
        "https://\u202eexample.com/i/ABCD2345",
        // odd paths
        "https://example.com/../i/ABCD2345",
        "https://example.com/./i/ABCD2345",
        "https://example.com/i/AB%4344345",
        "https://example.com/i/ABCD2345/more",
        "https://example.com//i/ABCD2345",
        "https://example.com/i//ABCD2345",
        "https://example.com/i/ABCD2345;x",
        "https://example.com/a b/i/ABCD2345",
        // damaged fingerprints
        "https://example.com/i/ABCD2345#",
        "https://example.com/i/ABCD2345#short",
        "https://example.com/i/ABCD2345#0123456789abcde!",
        "https://example.com/i/ABCD2345#0123456789abcdef0",
        "https://example.com/i/ABCD2345#0123456789abcdef#0123456789abcdef"
      })
  void anything_else_is_refused_with_a_reason_and_without_repeating_it(String text) {
    assertThatThrownBy(() -> InviteLink.parse(text))
        .isInstanceOfSatisfying(
            Problem.class,
            problem -> assertThat(problem.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT))
        .hasMessageContaining("ask whoever invited you");
  }

  @Test
  void a_damaged_token_is_not_repeated_because_it_may_hold_a_mesh_key() {
    assertThatThrownBy(() -> InviteLink.parse("https://example.com/join/" + TOKEN + "/" + TOKEN))
        .hasMessageNotContaining(TOKEN);
  }

  @Test
  void a_link_that_was_built_is_read_back_and_holds_no_secret_but_the_code() {
    PublicKey issuer = Keys.generate().publicKey();
    String code = InviteCode.generate();

    InviteLink link = InviteLink.to(URI.create("ws://127.0.0.1:7900/ws"), code, issuer);

    assertThat(link.url())
        .contains("http://127.0.0.1:7900/i/" + code + "#" + Keys.fingerprint(issuer));
    assertThat(InviteLink.parse(link.url().orElseThrow())).isEqualTo(link);
    assertThat(link.fits(issuer)).isTrue();
    assertThat(link.fits(Keys.generate().publicKey())).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "wss://mesh.example.com/ws, https://mesh.example.com",
    "wss://mesh.example.com/team/ws, https://mesh.example.com/team",
    "http://[::1]:7900, http://[::1]:7900",
    "https://mesh.example.com/, https://mesh.example.com"
  })
  void a_link_stands_at_the_origin_of_the_brokers_address(URI broker, String origin) {
    InviteLink link = InviteLink.to(broker, "ABCD2345", Keys.generate().publicKey());

    assertThat(link.url())
        .hasValueSatisfying(url -> assertThat(url).startsWith(origin + "/i/ABCD2345#"));
    assertThat(InviteLink.parse(link.url().orElseThrow())).isEqualTo(link);
  }

  @Test
  void a_link_without_a_fingerprint_fits_every_issuer() {
    assertThat(InviteLink.parse("ABCD2345").fits(Keys.generate().publicKey())).isTrue();
    assertThat(InviteLink.parse("ABCD2345").url()).isEmpty();
  }

  @Test
  void random_texts_are_read_or_refused_and_nothing_else() {
    RandomGenerator random = Seeds.random();
    String alphabet = "ABCD2345/:#?@[]%.-_<> ihtpsjoncw\u00e9\ud83d\u0000\n";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "https://h/i/" : "");
      for (int length = random.nextInt(30); length > 0; length--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        InviteLink link = InviteLink.parse(text.toString());
        link.broker().ifPresent(broker -> assertThat(broker.getHost()).isNotNull());
        link.url().ifPresent(url -> assertThat(InviteLink.parse(url)).isEqualTo(link));
      } catch (Problem refused) {
        assertThat(refused.code()).isEqualTo(ProblemCode.INVALID_ARGUMENT);
      }
    }
  }
}
