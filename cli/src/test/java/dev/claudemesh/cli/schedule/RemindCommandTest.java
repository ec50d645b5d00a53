package dev.claudemesh.cli.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.Wire;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RemindCommandTest {
  private static TestBroker broker;

  @TempDir Path temp;
  private Duration passed = Duration.ZERO;
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
    ana.ok("create", "team");
    String invite = ana.ok("invite", "--json").out();
    bob.ok("join", Wire.mapper().readTree(invite).path("url").stringValue());
    ana.ok("peers"); // hands the mesh key over
    bob.ok("peers");
  }

  /// Some calls are signed by the system's clock.
  @AfterEach
  void backToTheSystemsTime() {
    broker.clock().advance(passed.negated());
  }

  @Test
  void a_reminder_for_oneself_waits_in_the_inbox_at_its_time() {
    Shell.Ran ran = ana.ok("remind", "look at", "the build", "--in", "2h30m");
    assertThat(ran.out()).contains("to you on ");
    assertThat(ran.err()).contains("claudemesh remind cancel ");

    assertThat(ana.ok("inbox").out()).contains("No messages");
    pass(Duration.ofMinutes(150));
    assertThat(ana.ok("inbox").out()).contains("look at the build");
    assertThat(ana.ok("inbox").out()).contains("No messages");
  }

  @Test
  void others_read_what_was_meant_for_them_and_the_broker_nothing() {
    ana.ok("remind", "CANARY-1", "--in", "1h", "--to", "bob");
    ana.ok("remind", "CANARY-2", "--in", "1h", "--to", "*");
    assertThat(stored()).doesNotContain("CANARY").doesNotContain(base64("CANARY"));

    assertThat(ana.ok("remind", "list").out()).contains("CANARY-1", "CANARY-2", "bob");
    assertThat(bob.ok("remind", "list").out()).contains("Nothing is scheduled");
    pass(Duration.ofHours(1));
    assertThat(bob.ok("inbox").out()).contains("CANARY-1", "CANARY-2");
  }

  private static String base64(String text) {
    return Base64.getEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String stored() {
    return broker.database().dsl().fetch("select * from mesh.scheduled_message").toString();
  }

  @Test
  void what_is_repeated_is_listed_with_its_times_until_it_is_cancelled() {
    JsonNode planned =
        ana.ok("remind", "stand-up", "--cron", "0 9 * * MON-FRI", "--tz", "Europe/Madrid", "--json")
            .json();
    assertThat(planned.path("timezone").asString()).isEqualTo("Europe/Madrid");
    assertThat(Instant.parse(planned.path("deliverAt").asString()))
        .isAfter(broker.clock().instant());

    assertThat(ana.ok("remind").out())
        .matches("(?s)ID +NEXT +TO +MESSAGE +NOTE\n[0-9a-f]{8} +in \\d+[mhd] +you +stand-up +.*")
        .contains("0 9 * * MON-FRI Europe/Madrid");
    String id = planned.path("id").asString();
    assertThat(ana.ok("remind", "cancel", id.substring(0, 6)).out()).contains("stand-up");
    assertThat(ana.run("remind", "cancel", id).exit()).isEqualTo(5);
    assertThat(ana.ok("remind", "list", "--json").json().path("messages")).isEmpty();
  }

  @Test
  void an_id_is_cancelled_by_its_owner_only_and_only_where_its_beginning_fits_one() {
    String id = ana.ok("remind", "x", "--in", "1h", "--json").json().path("id").asString();
    ana.ok("remind", "y", "--in", "1h");
    assertThat(ana.run("remind", "cancel", "").exit()).isEqualTo(3);
    assertThat(bob.run("remind", "cancel", id).exit()).isEqualTo(5);
    assertThat(ana.ok("remind", "list", "--json").json().path("messages")).hasSize(2);
  }

  @Test
  void a_moment_that_is_none_is_refused_with_the_forms_that_are() {
    Shell.Ran ran = ana.run("remind", "x", "--at", "soon");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("\"soon\" is not a time", "tomorrow 9:00", "17:30");
    assertThat(ana.run("remind", "x").err()).contains("--in, --at and --cron");
    assertThat(ana.run("remind", "x", "--in", "1h", "--at", "9:00").exit()).isEqualTo(3);
    assertThat(ana.run("remind", "x", "--in", "soon").err()).contains("2h30m");
    assertThat(ana.run("remind", "x", "--at", "9:00", "--tz", "Mars").err())
        .contains("no time zone \"Mars\"");
    assertThat(ana.run("remind", "x", "--cron", "every day").exit()).isEqualTo(3);
    assertThat(ana.run("remind", " ", "--in", "1h").exit()).isEqualTo(3);
    assertThat(ana.run("remind", "x", "--in", "1h", "--to", "nobody").exit()).isEqualTo(5);
  }

  @Test
  void the_clock_is_set_told_and_stopped() {
    assertThat(ana.run("clock", "pause").exit()).isEqualTo(5);
    assertThat(ana.ok("clock").out()).contains("Speed", "0");
    assertThat(ana.ok("clock", "set", "10", "--json").json().path("speed").asDouble())
        .isEqualTo(10);
    assertThat(bob.ok("clock", "pause", "--json").json().path("changedBy").asString())
        .isEqualTo("bob");
    assertThat(ana.ok("clock", "--json").json().path("paused").asBoolean()).isTrue();
    assertThat(ana.ok("clock", "resume", "--json").json().path("paused").asBoolean()).isFalse();
    assertThat(ana.run("clock", "set", "fast").exit()).isEqualTo(3);
  }

  private void pass(Duration span) {
    broker.clock().advance(span);
    passed = passed.plus(span);
    broker.sweep();
  }
}
