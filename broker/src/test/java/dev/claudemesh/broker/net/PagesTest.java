package dev.claudemesh.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.invites.InviteReply;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PagesTest {
  private static final InviteReply.Preview OFFER =
      new InviteReply.Preview(
          "Team <b>",
          "team",
          "Ada & \u001b[31mCo",
          "member",
          3,
          Instant.parse("2026-12-01T10:00:00Z"),
          1);

  private static String text(HttpAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private static String page(Locale language, String link, Optional<String> name) {
    return text(Pages.invite(language, OFFER, link, name));
  }

  @Test
  void an_invite_tells_what_it_offers_and_what_to_type() {
    String page = text(Pages.invite(OFFER, "https://mesh.example.org/i/ABCDEFGH"));
    assertThat(page)
        .contains("invites you to the mesh Team <b> as member.")
        .contains(
            "Members: 3. The invite ends on 1 December 2026, 10:00 UTC or when it was used once.")
        .contains("  claudemesh join https://mesh.example.org/i/ABCDEFGH\n");
  }

  @Test
  void a_name_is_no_markup_in_a_browser_and_no_command_to_a_terminal() {
    assertThat((page(Locale.ENGLISH, "https://x/i/\"><script>", Optional.empty())))
        .contains("Team &lt;b&gt;")
        .contains("Ada &amp; ")
        .contains("&quot;&gt;&lt;script&gt;")
        .doesNotContain("<b>")
        .doesNotContain("<script");
    assertThat(text(Pages.invite(OFFER, "https://x/i/ABC")))
        .contains("Ada & ?[31mCo")
        .doesNotContain("\u001b");
  }

  @Test
  void a_page_has_the_command_the_terms_and_a_picture_of_its_link() {
    String link = "https://mesh.example.org/i/ABCDEFGH";
    assertThat(page(Locale.ENGLISH, link, Optional.of("Ben Ito")))
        .contains("<pre>claudemesh join " + link + " --as &#39;Ben Ito&#39;</pre>")
        .contains("value=\"Ben Ito\"", "<svg class=\"qr\"", "1 December 2026, 10:00 UTC")
        .contains("<dd>a member</dd>", "<dd>3</dd>", "<dd>one newcomer</dd>");
    assertThat(page(PageText.SPANISH, link, Optional.empty()))
        .contains("lang=\"es\"", "Unirse a Team &lt;b&gt;", "1 de diciembre de 2026", "le invita")
        .contains("<pre>claudemesh join " + link + "</pre>");
  }

  @Test
  void a_name_that_a_shell_would_take_apart_is_left_out_of_the_command() {
    for (String name :
        List.of("a'; rm -rf ~; '", "$(id)", "a\nb", "x".repeat(101), "`id`", "a\"b")) {
      assertThat(page(Locale.ENGLISH, "https://x/i/ABC", Optional.of(name)))
          .as(name)
          .contains("<pre>claudemesh join https://x/i/ABC</pre>")
          .contains("value=\"\"");
    }
  }
}
