package dev.claudemesh.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.protocol.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands about what a team shares, made from the catalogue and by hand.
class SharedThingsTest {
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
    ana.ok("create", "team");
    String invite = ana.ok("invite", "--json").out();
    bob.ok("join", Wire.mapper().readTree(invite).path("url").stringValue());
    ana.ok("peers"); // hands the mesh key over
  }

  @Test
  void every_answer_for_programs_keeps_its_shape() throws IOException {
    GoldenScreens golden = new GoldenScreens();
    golden.check("state-set.json", ana.ok("state", "set", "build/ok", "true", "--json").out());
    golden.check("state-get.json", ana.ok("state", "get", "build/ok", "--json").out());
    golden.check("state-list.json", ana.ok("state", "list", "--json").out());
    golden.check("state-delete.json", ana.ok("state", "delete", "build/ok", "-y", "--json").out());
    Path file = skill("release", "1. Tag the commit.");
    golden.check("skill-share.json", ana.ok("skill", "share", file.toString(), "--json").out());
    golden.check("skill-get.json", ana.ok("skill", "get", "release", "--json").out());
    golden.check("skill-list.json", ana.ok("skill", "list", "--json").out());
    golden.check("skill-remove.json", ana.ok("skill", "remove", "release", "-y", "--json").out());
    golden.check("stream-create.json", ana.ok("stream", "create", "builds", "--json").out());
    golden.check("stream-publish.json", ana.ok("stream", "publish", "builds", "1", "--json").out());
    golden.check("stream-list.json", ana.ok("stream", "list", "--json").out());
    golden.check("stream-delete.json", ana.ok("stream", "delete", "builds", "-y", "--json").out());
  }

  @Test
  void a_skill_goes_from_folder_to_folder_and_its_versions_can_be_read() throws IOException {
    Path file = skill("release", "1. Tag the commit.");
    ana.ok("skill", "share", file.getParent().toString());
    skill("release", "1. Tag the commit.\n2. Tell everybody.");
    ana.ok("skill", "share", file.getParent().toString());

    assertThat(bob.ok("skill", "get", "release").out())
        .contains("name: \"release\"\n", "version: 2\n", "author: \"ana\"\n")
        .endsWith("---\n\n1. Tag the commit.\n2. Tell everybody.\n");
    assertThat(bob.ok("skill", "get", "release", "--version", "1").out())
        .endsWith("1. Tag the commit.\n");
    assertThat(bob.run("skill", "get", "none").exit()).isEqualTo(5);
    assertThat(bob.run("skill", "share", temp.resolve("none").toString()).exit()).isEqualTo(5);
    assertThat(bob.run("skill", "remove", "release", "-y").exit()).isEqualTo(7);
  }

  private Path skill(String name, String text) throws IOException {
    Path file = temp.resolve(name).resolve("SKILL.md");
    Files.createDirectories(file.getParent());
    Files.writeString(file, "---\ndescription: How we ship\ntags: [ops]\n---\n\n" + text + "\n");
    return file;
  }

  @Test
  void a_value_is_json_if_it_reads_as_json_and_a_text_of_all_the_words_if_not() {
    ana.ok("state", "set", "n", "[1, null]");
    ana.ok("state", "set", "t", "the", "build", "is", "green");
    ana.piped("{\"a\":\n2}\n").ok("state", "set", "piped", "-");

    assertThat(bob.ok("state", "get", "n").out()).isEqualTo("[1,null]\n");
    assertThat(bob.ok("state", "get", "t").out()).isEqualTo("the build is green\n");
    assertThat(bob.ok("state", "get", "piped").out()).isEqualTo("{\"a\":2}\n");
    assertThat(bob.ok("state").out())
        .matches("(?s)KEY +VALUE +UPDATED BY.*\nn +\\[1,null] +ana .*\npiped .*\nt +the build .*");
  }

  @Test
  void a_private_value_is_read_by_members_and_by_nobody_else() {
    ana.ok("state", "set", "secret", "CANARY-5f2", "--private");

    assertThat(bob.ok("state", "get", "secret").out()).isEqualTo("CANARY-5f2\n");
    assertThat(bob.ok("state", "list").out()).contains("CANARY-5f2");
    assertThat(broker.database().dsl().fetch("select value::text from mesh.state").toString())
        .doesNotContain("CANARY");
  }

  @Test
  void what_is_not_there_ends_with_5_and_what_was_changed_meanwhile_with_6() {
    assertThat(bob.run("state", "get", "nothing").exit()).isEqualTo(5);
    assertThat(bob.run("state", "delete", "nothing", "-y").exit()).isEqualTo(5);
    ana.ok("state", "set", "k", "1");
    Shell.Ran late = bob.run("state", "set", "k", "2", "--if-version", "0");
    assertThat(late.exit()).isEqualTo(6);
    assertThat(late.err()).contains("\"k\" has version");
  }

  @Test
  void bad_input_ends_with_3_and_names_the_argument_as_it_is_called_here() {
    Shell.Ran ran = ana.run("state", "set", "k", "1", "--if-version", "new");

    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("\"if_version\" must be a whole number");
    assertThat(ana.run("state", "set", "k").exit()).isEqualTo(3);
    assertThat(ana.run("state", "sett", "k", "1").err()).contains("Did you mean: set");
    assertThat(ana.run("state", "delete", "k").err()).contains("say so with -y");
  }

  @Test
  void a_tail_prints_what_others_publish_while_it_listens() throws Exception {
    CompletableFuture<Shell.Ran> tail =
        CompletableFuture.supplyAsync(() -> bob.run("stream", "tail", "builds", "-n", "2"));
    while (Wire.mapper()
            .readTree(ana.ok("stream", "publish", "builds", "first one", "--json").out())
            .path("receivers")
            .asInt()
        == 0) {
      Thread.onSpinWait();
    }
    ana.ok("stream", "publish", "builds", "{\"ok\":true}", "--private");

    assertThat(tail.get().out()).isEqualTo("ana  first one\nana  {\"ok\":true}\n");
    assertThat(tail.get().exit()).isZero();
  }
}
