package dev.claudemesh.broker.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.invites.InviteReply;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LettersTest {
  private static final String LINK = "https://mesh.example.org/i/ABCD2345#0123456789abcdef";

  private static Mail invite(String inviter, String mesh) {
    return Letters.invite(
        "ana@example.test",
        new InviteReply.Preview(
            mesh, "slug", inviter, "member", 3, Instant.parse("2026-12-01T10:00:00Z"), 1),
        LINK);
  }

  @Test
  void an_invite_says_who_invites_into_what_until_when_and_what_to_type_in_two_languages() {
    Mail mail = invite("Ben", "Platform");
    assertThat(mail.subject()).isEqualTo("Ben invites you to Platform");
    for (String part : new String[] {mail.text(), mail.html()}) {
      assertThat(part)
          .contains("Ben invites you to the mesh Platform", "Ben le invita a la malla Platform")
          .contains("claudemesh join " + LINK, "2026-12-01 10:00 UTC");
    }
    assertThat(mail.toString()).doesNotContain("ana", "ABCD2345");
  }

  @Test
  void a_name_is_no_link_no_markup_and_no_second_header() {
    Mail mail =
        invite(
            "http://evil.example/x\r\nBcc: all@acme.dev",
            "<b>visit</b> evil.example " + "x".repeat(200));
    assertThat(mail.subject()).doesNotContain("\r", "\n", "://", "evil.example", "@");
    assertThat(mail.text()).doesNotContain("evil.example", "acme.dev", "<b>");
    assertThat(mail.html()).doesNotContain("evil.example", "<b>visit");
    assertThat(invite("", "Team").text()).contains("Somebody invites you", "Alguien le invita");
  }
}
