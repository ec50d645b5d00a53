package dev.claudemesh.cli.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.broker.TestBroker;
import dev.claudemesh.cli.Shell;
import dev.claudemesh.cli.mesh.Furnishing.Outcome;
import dev.claudemesh.cli.mesh.Furnishing.Step;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.client.HelloDetails;
import dev.claudemesh.protocol.client.Keyring;
import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.connection.Purpose;
import dev.claudemesh.protocol.tasks.TaskRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
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
  void aPerson() {
    ana = new Shell(temp, "ana").broker(broker.wsUrl()).at(broker.clock());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dev-team", "research", "ops-incident", "simulation", "personal"})
  void a_mesh_of_each_template_has_what_the_template_says(String name) {
    Template template = Template.called(name);

    Shell.Ran ran = ana.ok("create", "of " + name, "--template", name);

    assertThat(ran.out()).contains("is made").doesNotContain("✘", "was there");
    assertThat(ana.ok("recall", "--json").out())
        .contains(Wire.mapper().writeValueAsString(template.welcome()));
    assertThat(ana.ok("state", "list", "--json").json().path("entries"))
        .hasSameSizeAs(template.state().keySet());
    assertThat(ana.ok("task", "list", "--json").json().path("tasks"))
        .hasSameSizeAs(template.tasks());
    assertThat(ana.ok("skill", "get", template.skill().name()).out())
        .contains(template.skill().instructions().lines().findFirst().orElseThrow());
  }

  @Test
  void the_answers_for_programs_keep_their_shape() throws IOException {
    GoldenScreens golden = new GoldenScreens();
    golden.check("create-templates.json", ana.ok("create", "--list-templates", "--json").out());
    golden.check(
        "create-template.json",
        ana.ok("create", "Golden", "--template", "personal", "--json").out());
  }

  @Test
  void the_templates_are_listed_and_another_name_makes_no_mesh() {
    assertThat(ana.ok("create", "--list-templates").out())
        .contains("dev-team", "research", "ops-incident", "simulation", "personal");
    Shell.Ran ran = ana.run("create", "x", "--template", "party");
    assertThat(ran.exit()).isEqualTo(3);
    assertThat(ran.err()).contains("there are dev-team");
    assertThat(ana.run("create", "--template", "personal").exit()).isEqualTo(3);
    assertThat(ana.ok("list", "--json").json().path("meshes").isEmpty()).isTrue();
  }

  @Test
  void
      a_step_that_fails_keeps_no_other_from_being_done_and_doing_it_again_does_only_what_is_missing()
          throws IOException {
    ana.ok("create", "again");
    Template template = Template.called("dev-team");
    Membership member =
        Config.parse(Files.readString(ana.config()), "config").memberships().getFirst();
    try (MeshClient client =
        MeshClient.builder(member.identity(), HelloDetails.ofThisProcess(Purpose.COMMAND))
            .keyring(new Keyring(member.keys(), key -> {}))
            .clock(broker.clock())
            .start()) {
      client.ready(Duration.ofSeconds(20));

      assertThat(Furnishing.of(template, new WithoutTasks(client)))
          .extracting(Step::outcome)
          .containsExactly(
              Outcome.DONE,
              Outcome.DONE,
              Outcome.DONE,
              Outcome.FAILED,
              Outcome.FAILED,
              Outcome.DONE);
      ana.ok("state", "set", "build/status", "green");

      assertThat(Furnishing.of(template, client::ask))
          .extracting(Step::outcome)
          .containsExactly(
              Outcome.THERE,
              Outcome.THERE,
              Outcome.THERE,
              Outcome.DONE,
              Outcome.DONE,
              Outcome.THERE);
      assertThat(Furnishing.of(template, client::ask))
          .extracting(Step::outcome)
          .containsOnly(Outcome.THERE);
    }
    assertThat(ana.ok("state", "get", "build/status").out()).isEqualTo("green\n");
  }

  /// A mesh on which nobody may put up tasks.
  private record WithoutTasks(MeshClient client) implements Furnishing.Mesh {
    @Override
    public <R extends Reply> R ask(Request<R> request) {
      if (request instanceof TaskRequest<?>) {
        throw new Problem(ProblemCode.FORBIDDEN, "You may not");
      }
      return client.ask(request);
    }
  }
}
