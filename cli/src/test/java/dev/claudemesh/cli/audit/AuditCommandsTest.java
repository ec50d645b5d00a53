package dev.claudemesh.cli.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class AuditCommandsTest {
  private static TestBroker broker;

  @TempDir Path temp;
  private Shell ana;

  @BeforeAll
  static void aBroker() {
    broker = TestBroker.start();
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @BeforeEach
  void aMesh() {
    ana = new Shell(temp.resolve("ana"), "ana").broker(broker.wsUrl()).at(broker.clock());
    ana.ok("create", "Team " + temp.getFileName());
    ana.ok("state", "set", "build", "green");
    ana.ok("rename", "Team");
  }

  @Test
  void what_was_changed_is_listed_the_newest_first() {
    String out = ana.ok("audit").out();
    assertThat(out).contains("WHO", "WHAT", "rename_mesh", "name=Team", "state_set", "value=green");
    assertThat(out.indexOf("rename_mesh")).isLessThan(out.indexOf("state_set"));
    assertThat(ana.ok("audit", "list", "--type", "state_set", "--since", "1h").out())
        .contains("state_set")
        .doesNotContain("rename_mesh");
    assertThat(ana.ok("audit", "list", "-n", "1").err()).contains("audit list --after 3");
    assertThat(ana.ok("audit", "list", "--after", "2", "--json").json().path("total").asInt())
        .isEqualTo(1);
  }

  @Test
  void an_export_is_checked_without_the_broker_and_a_change_in_it_is_named() throws IOException {
    ana.ok("state", "set", "build", "red");
    Shell.Ran export = ana.ok("audit", "export");
    List<String> lines = export.out().lines().toList();
    assertThat(lines).hasSize(4);
    assertThat(export.err()).contains("4 entries");
    Path file = Files.writeString(ana.home().resolve("audit.jsonl"), export.out());
    assertThat(ana.ok("audit", "verify", "--file", "audit.jsonl").out()).contains("4 entries");
    ana.ok("state", "set", "build", "blue");
    ana.ok("audit", "verify", "--file", "audit.jsonl", "--with-broker");

    ObjectNode forged = (ObjectNode) Wire.mapper().readTree(lines.get(1));
    forged.set("payload", Wire.mapper().readTree("{\"key\":\"build\",\"value\":\"yellow\"}"));
    assertBroken(file, changed(lines, 1, Wire.mapper().writeValueAsString(forged)), 2);
    List<String> removed = new ArrayList<>(lines);
    removed.remove(2);
    assertBroken(file, removed, 3);
    List<String> swapped = new ArrayList<>(lines);
    swapped.set(1, lines.get(2));
    swapped.set(2, lines.get(1));
    assertBroken(file, swapped, 2);

    Files.write(file, lines.subList(2, 4));
    Shell.Ran part = ana.ok("audit", "verify", "--file", "audit.jsonl");
    assertThat(part.err()).contains("begins in the middle");
    Files.writeString(file, "hello\n");
    assertThat(ana.run("audit", "verify", "--file", "audit.jsonl").exit()).isEqualTo(3);
    assertThat(ana.run("audit", "verify", "--file", "nowhere").exit()).isEqualTo(5);
  }

  @Test
  void a_chain_that_somebody_changed_on_the_broker_ends_the_check_with_8() throws IOException {
    assertThat(ana.ok("audit", "verify").out()).contains("holds: 3 entries");
    Path file = Files.writeString(ana.home().resolve("a.jsonl"), ana.ok("audit", "export").out());
    String meshId =
        Wire.mapper().readTree(Files.readAllLines(file).getFirst()).path("meshId").asString();
    broker
        .database()
        .dsl()
        .execute(
            "update mesh.audit_log set payload = '{}' where seq = 3 and mesh_id = '"
                + meshId
                + "'");

    Shell.Ran broken = ana.run("audit", "verify");
    assertThat(broken.exit()).isEqualTo(8);
    assertThat(broken.out()).contains("does not hold: entry 3");
    assertThat(ana.run("audit", "verify", "--json").json().path("brokenAt").asInt()).isEqualTo(3);
    assertThat(ana.run("audit", "export").exit()).isEqualTo(8);
    ana.ok("audit", "verify", "--file", "a.jsonl");
  }

  @Test
  void permissions_are_told_and_changed_and_a_command_can_be_held_to_some() throws IOException {
    String invite = ana.ok("invite", "--json").json().path("url").stringValue();
    Shell bob = new Shell(temp.resolve("bob"), "bob").broker(broker.wsUrl()).at(broker.clock());
    bob.ok("join", invite);

    assertThat(ana.ok("permissions").out()).contains("everything", "canWriteState, canSend");
    assertThat(bob.run("invite").exit()).isEqualTo(7);
    assertThat(
            ana.ok("permissions", "bob", "--set", "canInvite=true", "--set", "canSend=false").out())
        .containsPattern("canInvite +yes")
        .containsPattern("canSend +no");
    bob.ok("invite", "--list");
    assertThat(bob.run("send", "ana", "hi").exit()).isEqualTo(7);
    assertThat(ana.run("permissions", "bob", "--set", "canFly=true").exit()).isEqualTo(3);
    assertThat(ana.run("permissions", "--set", "canSend=true").exit()).isEqualTo(3);

    ana.with("CLAUDEMESH_PERMISSIONS", "canSend");
    assertThat(ana.run("invite").exit()).as("over HTTP").isEqualTo(7);
    assertThat(ana.run("state", "set", "k", "1").exit()).as("over the socket").isEqualTo(7);
    assertThat(ana.run("grant", "bob", "all").exit()).isEqualTo(7);
    ana.ok("send", "bob", "hi");
  }

  private static List<String> changed(List<String> lines, int at, String line) {
    List<String> changed = new ArrayList<>(lines);
    changed.set(at, line);
    return changed;
  }

  private void assertBroken(Path file, List<String> lines, int at) throws IOException {
    Files.write(file, lines);
    Shell.Ran ran = ana.run("audit", "verify", "--file", file.getFileName().toString(), "--json");
    assertThat(ran.exit()).isEqualTo(8);
    assertThat(ran.json().path("brokenAt").asInt()).isEqualTo(at);
  }
}
