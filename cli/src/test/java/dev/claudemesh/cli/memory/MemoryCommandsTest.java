package dev.claudemesh.cli.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.cli.mesh.GoldenScreens;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands about what a mesh remembers and what its sessions work on.
class MemoryCommandsTest {
  private static TestBroker broker;

  @TempDir Path temp;
  private Shell ana;
  private Shell bob;

  @BeforeAll
  static void start() {
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
  }

  @Test
  void every_answer_for_programs_keeps_its_shape() throws IOException {
    GoldenScreens golden = new GoldenScreens();
    golden.check("remember.json", ana.ok("remember", "it leaks", "--tags", "a", "--json").out());
    golden.check("recall.json", ana.ok("recall", "leak", "--json").out());
    golden.check("forget.json", ana.ok("forget", id("leak"), "-y", "--json").out());
    golden.check(
        "context-share.json", ana.ok("context", "share", "pumping", "--tags", "a", "--json").out());
    golden.check("context-get.json", ana.ok("context", "get", "pump", "--json").out());
    golden.check("context-list.json", ana.ok("context", "list", "--json").out());
  }

  @Test
  void memories_are_read_in_full_with_who_when_and_about_what() {
    ana.ok("remember", "Staging", "is", "deployed", "by", "hand", "--tags", "ops, deploy");
    ana.piped("two lines:\nana  0s ago, id 12345678\n").ok("remember", "-");
    broker.clock().advance(Duration.ofHours(3));

    assertThat(bob.ok("recall", "deployng", "staging").out())
        .matches("ana {2}3h ago, id \\w{8} {2}#ops {2}#deploy\n│ Staging is deployed by hand\n");
    assertThat(bob.ok("recall", "lines").out())
        .as("no content can pose as a header")
        .matches("ana {2}3h ago, id \\w{8}\n│ two lines:\n│ ana {2}0s ago, id 12345678\n");
    assertThat(bob.ok("recall").out()).containsSubsequence("two lines", "Staging");
  }

  @Test
  void what_is_looked_for_can_be_narrowed() {
    ana.ok("remember", "engine of ana", "--tags", "ops");
    bob.ok("remember", "engine of bob");

    assertThat(ana.ok("recall", "engine", "--by", "bob").out())
        .contains("of bob")
        .doesNotContain("of ana");
    assertThat(ana.ok("recall", "--tags", "ops").out()).contains("of ana").doesNotContain("of bob");
    Shell.Ran one = ana.ok("recall", "engine", "--limit", "1");
    assertThat(one.out()).contains("of bob").doesNotContain("of ana");
    assertThat(one.err()).contains("--limit");
    assertThat(ana.run("recall", "engine", "--by", "carl").exit()).isEqualTo(5);
    assertThat(ana.run("recall", "engine", "--limit", "101").exit()).isEqualTo(3);
  }

  @Test
  void nothing_found_says_so_and_what_to_do() {
    Shell.Ran empty = ana.ok("recall");
    assertThat(empty.out()).isEqualTo("Nothing is remembered.\n");
    assertThat(empty.err()).contains("claudemesh remember");
    assertThat(ana.ok("recall", "diesel").out()).isEqualTo("Nothing was found.\n");
  }

  @Test
  void who_had_it_remembered_or_an_admin_has_it_forgotten_by_the_beginning_of_its_id() {
    ana.ok("remember", "of ana");
    bob.ok("remember", "of bob");

    assertThat(bob.run("forget", id("ana").substring(0, 8), "-y").exit()).isEqualTo(7);
    assertThat(ana.run("forget", id("bob")).err()).contains("say so with -y");
    ana.ok("forget", id("bob").substring(0, 8), "-y");
    assertThat(ana.ok("recall").out()).contains("of ana").doesNotContain("of bob");
    assertThat(ana.run("forget", "12345678", "-y").exit()).isEqualTo(5);
    assertThat(ana.run("forget", "1234", "-y").exit()).isEqualTo(3);
  }

  @Test
  void what_one_works_on_another_finds() {
    ana.ok("context", "share", "Repairing the engine", "--files-read", "a.java,b.java");

    assertThat(bob.ok("context").out()).contains("Repairing the engine");
    assertThat(bob.ok("context", "get", "B.JAVA").out()).contains("Repairing the engine");
    assertThat(bob.ok("context", "get", "diesel").out()).contains("No contexts.");
  }

  private String id(String words) {
    return ana.ok("recall", words, "--json").json().at("/memories/0/id").stringValue();
  }
}
