package dev.claudemesh.cli.mesh;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.memory.MemoryRequest;
import dev.claudemesh.protocol.skills.SkillRequest;
import dev.claudemesh.protocol.state.StateRequest;
import dev.claudemesh.protocol.tasks.TaskReply;
import dev.claudemesh.protocol.tasks.TaskRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// Puts what a template has into a mesh, step by step. What is there already is left as it is, so
/// that doing it twice does no more than doing it once; a step that fails does not keep the others
/// from being done.
final class Furnishing {
  private static final List<String> WELCOME = List.of("welcome");

  /// What became of one step.
  enum Outcome {
    @JsonProperty("done")
    DONE,
    @JsonProperty("there")
    THERE,
    @JsonProperty("failed")
    FAILED
  }

  /// @param what for people: what was to be put there
  /// @param why what went wrong; absent unless it failed
  record Step(String what, Outcome outcome, Optional<String> why) {}

  /// A mesh that can be asked.
  interface Mesh {
    <R extends Reply> R ask(Request<R> request);
  }

  private final Mesh mesh;
  private final List<Step> steps = new ArrayList<>();

  private Furnishing(Mesh mesh) {
    this.mesh = mesh;
  }

  static List<Step> of(Template template, Mesh mesh) {
    Furnishing furnishing = new Furnishing(mesh);
    furnishing.welcome(template);
    furnishing.values(template);
    furnishing.tasks(template);
    furnishing.skill(template.skill());
    return List.copyOf(furnishing.steps);
  }

  private void welcome(Template template) {
    step(
        "a welcome that the mesh remembers",
        () ->
            mesh
                .ask(
                    new MemoryRequest.Recall(
                        "", Optional.of(WELCOME), Optional.of(100), Optional.empty()))
                .memories()
                .stream()
                .anyMatch(memory -> memory.content().equals(template.welcome())),
        new MemoryRequest.Remember(template.welcome(), Optional.of(WELCOME)));
  }

  private void values(Template template) {
    template
        .state()
        .forEach((key, value) ->
            step(
                "the value " + key,
                () -> mesh.ask(new StateRequest.Get(key)).version().isPresent(),
                new StateRequest.Set(
                    key,
                    value,
                    Optional.of(0L),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty())));
  }

  private void tasks(Template template) {
    template
        .tasks()
        .forEach(task ->
            step(
                "the task \"" + task.title() + "\"",
                () -> onTheBoard(board -> board.title().equals(task.title())),
                new TaskRequest.Create(
                    task.title(),
                    Optional.empty(),
                    Optional.of(task.priority()),
                    Optional.of(task.tags()))));
  }

  private boolean onTheBoard(Predicate<TaskReply.Task> wanted) {
    return mesh
        .ask(new TaskRequest.ListTasks(Optional.empty(), Optional.empty(), Optional.empty()))
        .tasks()
        .stream()
        .anyMatch(wanted);
  }

  private void skill(Template.FirstSkill skill) {
    step(
        "the skill " + skill.name(),
        () -> mesh.ask(new SkillRequest.Get(skill.name(), Optional.empty())).skill().isPresent(),
        new SkillRequest.Share(
            skill.name(),
            skill.description(),
            skill.instructions(),
            Optional.empty(),
            Optional.empty()));
  }

  private void step(String what, BooleanSupplier there, Request<?> request) {
    try {
      boolean done = there.getAsBoolean();
      if (!done) {
        mesh.ask(request);
      }
      steps.add(new Step(what, done ? Outcome.THERE : Outcome.DONE, Optional.empty()));
    } catch (Problem e) {
      steps.add(new Step(what, Outcome.FAILED, Optional.of(e.getMessage())));
    }
  }
}
