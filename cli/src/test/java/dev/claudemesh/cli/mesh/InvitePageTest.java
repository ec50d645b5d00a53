package dev.claudemesh.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.claudemesh.Chromium;
import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a newcomer finds behind the link of an invite, in a real Chromium.
@Timeout(120)
class InvitePageTest {
  @TempDir Path temp;

  @Test
  void a_newcomer_reads_what_is_offered_says_a_name_and_gets_a_command_that_works()
      throws Exception {
    assumeTrue(
        Chromium.binary().isPresent(),
        "no Chromium: apt-get install chromium, or set CHROMIUM_BIN; skipped");
    try (TestBroker broker = TestBroker.start();
        Chromium browser = Chromium.start()) {
      Shell ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl());
      ana.ok("create", "Platform");
      String link = ana.ok("invite", "--json").json().path("url").asString();
      String page = link.substring(0, link.indexOf('#'));
      browser.open(link);
      assertThat(browser.text())
          .contains("Join Platform", "ana invites you to the mesh Platform", "a member")
          .contains("one newcomer", "claudemesh join " + page)
          .doesNotContain(link.substring(link.indexOf('#') + 1));
      browser.checkReadable();
      browser.type("Join as", "Ben Ito");
      browser.press("Show");
      assertThat(browser.text()).contains("claudemesh join " + page + " --as 'Ben Ito'");
      browser.picture("invite");
      browser.phone();
      browser.checkReadable();
      browser.speak("es");
      browser.open(page);
      assertThat(browser.text()).contains("Unirse a Platform", "ana le invita", "Miembros");
      browser.checkReadable();
      browser.picture("invite-es-phone");

      Shell ben = new Shell(temp.resolve("ben"), "ben").broker(broker.wsUrl());
      assertThat(ben.ok("join", page, "--as", "Ben Ito").out()).contains("as Ben Ito");
      browser.open(page);
      assertThat(browser.text()).contains("ya se ha usado");
    }
  }
}
