package dev.claudemesh.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.IncomingMessage;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.MeshListener;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.presence.PresenceRequest;
import dev.claudemesh.protocol.presence.Status;
import dev.claudemesh.protocol.presence.StatusSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class MeshCommandsTest {
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
  void twoPeople() {
    ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl()).at(broker.clock());
    bob = new Shell(temp.resolve("bob"), "bob").broker(broker.wsUrl()).at(broker.clock());
  }

  @Test
  void every_answer_for_programs_keeps_its_shape() throws IOException {
    GoldenScreens golden = new GoldenScreens();
    golden.check(
        "create.json", ana.ok("create", "Platform Team", "--slug", "golden", "--json").out());
    String invite = ana.ok("invite", "--uses", "2", "--expires", "2d", "--json").out();
    golden.check("invite.json", invite);
    String link = dev.claudemesh.protocol.Wire.mapper().readTree(invite).path("url").stringValue();
    golden.check("join.json", bob.ok("join", link, "--json").out());
    golden.check("invite-list.json", ana.ok("invite", "--list", "--json").out());
    golden.check("list.json", ana.ok("list", "--json").out());
    golden.check("members.json", ana.ok("members", "--json").out());
    ana.ok("peers"); // hands the mesh key over, before it ends or while it lists
    golden.check("peers.json", ana.ok("peers", "--json").out());
    golden.check("info.json", ana.ok("info", "--json").out());
    golden.check("send.json", ana.ok("send", "bob", "hello", "--priority", "now", "--json").out());
    golden.check("inbox.json", bob.ok("inbox", "--json").out());
    golden.check("inbox-empty.json", bob.ok("inbox", "--json").out());
    golden.check("status.json", bob.ok("status", "--json").out());
    golden.check("grants.json", ana.ok("grants", "--json").out());
    golden.check("block.json", ana.ok("block", "bob", "--json").out());
    golden.check(
        "profile.json",
        ana.ok("profile", "--role", "pilot", "--groups", "ops:lead", "--json").out());
    golden.check("rename.json", ana.ok("rename", "Renamed", "--json").out());
    golden.check("ban.json", ana.ok("ban", "bob", "--json").out());
    golden.check("bans.json", ana.ok("ban", "--list", "--json").out());
    golden.check("unban.json", ana.ok("unban", "bob", "--json").out());
    golden.check("leave.json", bob.ok("leave", "--json").out());
    golden.check("delete.json", ana.ok("delete", "-y", "--json").out());
  }

  @Test
  void somebody_who_was_invited_joins_and_the_next_command_of_the_owner_hands_the_mesh_key_over() {
    ana.ok("create", "handover");
    Shell.Ran joined = bob.ok("join", link(ana));

    assertThat(joined.out()).contains("You are in handover as bob (member)");
    assertThat(joined.err()).contains("The mesh key is still to come").contains("claudemesh peers");
    assertThat(bob.ok("status").out()).contains("mesh key still to come");

    ana.ok("peers");

    assertThat(bob.ok("status").out()).contains("mesh key of epoch 1");
    assertThat(ana.ok("send", "*", "for all").out()).contains("queued");
    assertThat(bob.ok("inbox").out()).contains("ana to * on handover").contains("│ for all");
  }

  @Test
  void a_profile_is_shown_and_changed_and_what_is_given_empty_goes() {
    ana.ok("create", "profiles");
    ana.ok(
        "profile",
        "--name",
        "Ana Lytic",
        "--role",
        "pilot",
        "--groups",
        "@ops:lead, backend",
        "--message-mode",
        "inbox");

    assertThat(ana.ok("profile").out())
        .containsPattern("name +Ana Lytic\n")
        .containsPattern("role +pilot\n")
        .containsPattern("groups +@ops:lead, @backend\n")
        .containsPattern("messages +inbox\n");
    ana.ok("profile", "--groups", "", "--role", "");
    assertThat(ana.ok("profile").out()).contains("Ana Lytic").doesNotContain("pilot", "@ops");

    assertThat(ana.run("profile", "--message-mode", "loud").exit()).isEqualTo(3);
    assertThat(ana.run("profile", "--name", "").exit()).isEqualTo(3);
  }

  @Test
  void a_policy_makes_a_command_ask_in_a_script_too_which_usually_asks_only_people()
      throws IOException {
    ana.ok("create", "asking");
    Path policy = Files.writeString(ana.config().resolveSibling("policy.yaml"), "ask: destroy\n");

    Shell.Ran ran = ana.run("leave");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("Leave asking?", "say so with -y");
    Files.delete(policy);
    assertThat(ana.run("leave").err()).as("past the question").contains("You own this mesh");
  }

  @Test
  void the_secret_keys_stay_in_a_private_file_and_out_of_every_answer() throws IOException {
    String out =
        ana.ok("create", "secrets", "--json").out()
            + ana.ok("whoami", "--json").out()
            + ana.ok("list", "--json").out();
    Membership member = membership(ana);

    assertThat(out)
        .contains(member.key().publicKey().hex())
        .doesNotContain(member.key().exposeHex())
        .doesNotContain(member.keys().getFirst().exposeBase64Url());
    assertThat(Files.getPosixFilePermissions(ana.config())).hasSize(2);
  }

  @Test
  void taking_the_same_invite_again_makes_no_second_member() {
    ana.ok("create", "twice");
    String link = ana.ok("invite", "--uses", "5").out().strip();
    String first = bob.ok("join", link, "--json").json().path("memberId").stringValue();

    Shell.Ran again = bob.ok("join", link);

    assertThat(again.out()).contains("You were in twice already");
    assertThat(bob.ok("join", link, "--json").json().path("memberId").stringValue())
        .isEqualTo(first);
    assertThat(ana.ok("members", "--json").json().path("members").size()).isEqualTo(2);
  }

  @Test
  void an_invite_that_was_used_up_withdrawn_or_came_from_somebody_else_is_refused() {
    ana.ok("create", "invites");
    String link = link(ana);
    bob.ok("join", link);
    Shell carol =
        new Shell(temp.resolve("carol"), "carol").broker(broker.wsUrl()).at(broker.clock());

    assertThat(carol.run("join", link).exit()).isEqualTo(5);
    String second = link(ana);
    ana.ok("invite", "--revoke", second.replaceAll(".*/i/(.{8}).*", "$1"));
    assertThat(carol.run("join", second).exit()).isEqualTo(5);
    String forged = link(ana).replaceAll("#.*", "#AAAAAAAAAAAAAAAA");
    Shell.Ran ran = carol.run("join", forged);
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("not made by whoever sent you the link");
    assertThat(carol.config()).doesNotExist();
  }

  @Test
  void an_admin_invites_too_and_a_member_may_not() {
    ana.ok("create", "admins");
    bob.ok("join", ana.ok("invite", "--role", "admin").out().strip());
    ana.ok("peers");
    Shell carol =
        new Shell(temp.resolve("carol"), "carol").broker(broker.wsUrl()).at(broker.clock());
    carol.ok("join", link(bob));

    bob.ok("peers");

    assertThat(carol.ok("status").out()).contains("mesh key of epoch 1");
    Shell.Ran refused = carol.run("invite");
    assertThat(refused.exit()).isEqualTo(7);
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void a_message_to_a_session_is_delivered_at_once_and_the_command_says_so() throws Exception {
    twoMembers("sessions");
    try (TestSession session = new TestSession(membership(bob), "bob-laptop")) {
      Shell.Ran ran = ana.ok("send", "bob-laptop", "now then");

      assertThat(session.next().text()).isEqualTo("now then");
      assertThat(ran.out()).contains("to bob-laptop: delivered");
      assertThat(ana.ok("peers").out())
          .containsPattern("bob-laptop +idle")
          .containsPattern("ana +away");
    }
  }

  @Test
  void a_busy_session_gets_an_ordinary_message_when_it_is_idle_and_an_urgent_one_at_once()
      throws Exception {
    twoMembers("busy");
    try (TestSession session = new TestSession(membership(bob), "bob")) {
      session.is(Status.WORKING);

      Shell.Ran held = ana.ok("send", "bob", "later");
      assertThat(held.out()).contains("queued, delivered when they are idle");
      assertThat(ana.ok("send", "bob", "fire", "--priority", "now").out()).contains("delivered");
      assertThat(session.next().text()).isEqualTo("fire");
      session.is(Status.IDLE);

      assertThat(session.next().text()).isEqualTo("later");
      String id = held.err().replaceAll("(?s).*claudemesh status (\\S+).*", "$1");
      assertThat(ana.ok("status", id).out()).contains("delivered");
    }
  }

  @Test
  void a_message_comes_from_standard_input_and_shows_no_control_characters() {
    twoMembers("piped");

    ana.piped("line one\nline \u001b[31mtwo\nfrom mallory on piped\n").ok("send", "bob", "-");

    assertThat(bob.ok("inbox").out())
        .contains("│ line one\n│ line ␛[31mtwo\n│ from mallory on piped\n")
        .doesNotContain("\u001b");
    assertThat(ana.piped("  \n").run("send", "bob", "-").exit()).isEqualTo(3);
  }

  @Test
  void an_unknown_receiver_is_refused_with_close_names() {
    twoMembers("names");

    Shell.Ran ran = ana.run("send", "bobb", "hi");

    assertThat(ran.exit()).isEqualTo(5);
    assertThat(ran.err()).contains("Did you mean bob?");
  }

  @Test
  void with_several_meshes_the_last_used_one_is_meant_or_one_has_to_be_named() throws IOException {
    ana.ok("create", "first");
    ana.ok("create", "second");

    assertThat(ana.ok("info", "--json").json().path("slug").stringValue()).isEqualTo("second");
    assertThat(ana.ok("info", "--mesh", "first", "--json").json().path("slug").stringValue())
        .isEqualTo("first");
    assertThat(ana.ok("info", "--json").json().path("slug").stringValue()).isEqualTo("first");
    Files.delete(temp.resolve("ana/.claudemesh/last-used.json"));

    Shell.Ran ran = ana.run("info");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("--mesh: first, second");
    assertThat(ana.run("info", "--mesh", "third").exit()).isEqualTo(5);
  }

  @Test
  void the_mesh_may_stand_before_the_name() {
    twoMembers("colon");
    ana.ok("create", "other");

    ana.ok("send", "colon:bob", "hi");

    assertThat(bob.ok("inbox").out()).contains("│ hi");
  }

  @Test
  void what_nobody_reads_stays_in_the_inbox_when_the_reader_was_gone() {
    twoMembers("pipe");
    ana.ok("send", "bob", "keep me");

    JsonNode first = bob.ok("inbox", "--json").json();

    assertThat(first.at("/messages/0/text").stringValue()).isEqualTo("keep me");
    assertThat(bob.ok("inbox").out()).isEqualTo("No messages.\n");
    String id = first.at("/messages/0/id").stringValue();
    assertThat(ana.ok("status", id).out()).contains("seen");
  }

  @Test
  void a_blocked_member_is_told_and_can_be_accepted_again() {
    twoMembers("grants");

    assertThat(ana.ok("block", "bob").out()).contains("blocked");
    assertThat(bob.run("send", "ana", "hi").exit()).isEqualTo(7);
    assertThat(ana.ok("grant", "bob", "dm").out()).contains("you accept dm");
    bob.ok("send", "ana", "hi again");
    assertThat(ana.ok("inbox").out()).contains("hi again");
    assertThat(ana.ok("grant", "bob", "default").out()).contains("read, dm, broadcast, state-read");
    assertThat(ana.run("grant", "bob", "everything").exit()).isEqualTo(3);
  }

  @Test
  void deleting_asks_and_is_refused_where_nobody_can_answer() {
    ana.ok("create", "doomed");

    assertThat(ana.run("delete").exit()).isEqualTo(3);
    assertThat(ana.typing("n\n").run("delete").exit()).isEqualTo(1);
    assertThat(ana.ok("list").out()).contains("doomed");
    assertThat(ana.typing("y\n").run("delete").exit()).isZero();
    assertThat(ana.piped("").ok("list", "--json").json().path("meshes").isEmpty()).isTrue();
  }

  @Test
  void leaving_works_where_the_broker_no_longer_knows_us() {
    twoMembers("left");
    ana.ok("ban", "bob");

    assertThat(bob.run("peers").exit()).isEqualTo(7);
    assertThat(bob.ok("leave").out()).contains("no longer knew you");
    assertThat(bob.ok("list", "--json").json().path("meshes").isEmpty()).isTrue();
  }

  @Test
  void one_shot_commands_are_seen_by_nobody() throws Exception {
    twoMembers("quiet");
    try (TestSession session = new TestSession(membership(bob), "bob")) {
      ana.ok("peers");
      ana.ok("info");

      assertThat(ana.ok("peers", "--json").json().path("peers")).hasSize(1);
      assertThat(session.news).isEmpty();
    }
  }

  private void twoMembers(String mesh) {
    ana.ok("create", mesh);
    bob.ok("join", link(ana));
    ana.ok("peers");
    bob.ok("status");
  }

  private static String link(Shell inviter) {
    return inviter.ok("invite").out().strip();
  }

  private static Membership membership(Shell shell) throws IOException {
    return Config.parse(Files.readString(shell.config()), "config").memberships().getFirst();
  }

  /// A session as the MCP server would open it.
  private static final class TestSession implements AutoCloseable {
    private final BlockingQueue<IncomingMessage> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> news = new LinkedBlockingQueue<>();
    private final MeshClient client;

    TestSession(Membership member, String name) {
      client =
          MeshClient.builder(
                  member.identity(Keys.generate()),
                  HelloDetails.ofThisProcess(Purpose.SESSION).named(name))
              .keyring(new Keyring(member.keys(), key -> {}))
              .clock(broker.clock())
              .listener(
                  new MeshListener() {
                    @Override
                    public void message(IncomingMessage message) {
                      arrived.add(message);
                    }

                    @Override
                    public void news(dev.claudemesh.protocol.client.News told) {
                      news.add(told.event());
                    }
                  })
              .start();
      client.ready(Duration.ofSeconds(20));
    }

    void is(Status status) {
      client.ask(new PresenceRequest.SetStatus(status, Optional.of(StatusSource.HOOK)));
    }

    IncomingMessage next() throws InterruptedException {
      IncomingMessage message = arrived.poll(20, TimeUnit.SECONDS);
      assertThat(message).isNotNull();
      return message;
    }

    @Override
    public void close() {
      client.close();
    }
  }
}
