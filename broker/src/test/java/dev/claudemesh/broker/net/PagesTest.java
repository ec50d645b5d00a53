package dev.claudemesh.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.protocol.invites.InviteReply;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
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

  @Test
  void an_invite_tells_what_it_offers_and_what_to_type() {
    String page = text(Pages.invite(false, OFFER, "https://mesh.example.org/i/ABCDEFGH"));
    assertThat(page)
        .contains("invites you to the mesh Team <b> as member.")
        .contains(
            "Members: 3. The invite ends on 1 December 2026, 10:00 UTC or when it was used once.")
        .contains("  claudemesh join https://mesh.example.org/i/ABCDEFGH\n");
  }

  @Test
  void a_name_is_no_markup_in_a_browser_and_no_command_to_a_terminal() {
    assertThat(text(Pages.invite(true, OFFER, "https://x/i/\"><script>")))
        .contains("Team &lt;b&gt;")
        .contains("Ada &amp; ")
        .contains("&quot;&gt;&lt;script&gt;")
        .doesNotContain("<b>")
        .doesNotContain("<script");
    assertThat(text(Pages.invite(false, OFFER, "https://x/i/ABC")))
        .contains("Ada & ?[31mCo")
        .doesNotContain("\u001b");
  }
}
