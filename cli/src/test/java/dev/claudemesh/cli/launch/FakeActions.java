package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.launch.LaunchSession.Mesh;
import dev.claudemesh.cli.launch.LaunchSession.Offer;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A broker that does what is asked, or fails as it is told to; remembers what was done.
final class FakeActions implements Actions {
  final List<String> done = new ArrayList<>();
  private Supplier<Optional<ProblemCode>> trouble = Optional::empty;

  FakeActions failing(Supplier<Optional<ProblemCode>> with) {
    trouble = with;
    return this;
  }

  private void act(String what) {
    trouble
        .get()
        .ifPresent(code -> {
          throw new Problem(code, code.meaning());
        });
    done.add(what);
  }

  @Override
  public List<Template> templates() {
    return List.of(new Template("dev-team", "People who work on the same code"));
  }

  @Override
  public Offer offer(String link, Optional<String> broker) {
    act("look at " + link);
    return new Offer("platform", Optional.of("ana"), "member", Optional.of(3));
  }

  @Override
  public Mesh join(String link, Optional<String> broker, String as) {
    act("join by " + link + " as " + as);
    return new Mesh("id-platform", "platform", "Platform", "ws://127.0.0.1:1/ws");
  }

  @Override
  public Mesh create(String name, String template, Optional<String> broker, String as) {
    act("make " + name + (template.isEmpty() ? "" : " from " + template) + " as " + as);
    return new Mesh("id-" + name, name, name, broker.orElse("?"));
  }

  @Override
  public Optional<String> signIn(String broker) {
    act("sign in at " + broker);
    return Optional.of("ana@example.test");
  }

  @Override
  public int online(Mesh mesh) {
    act("ask for " + mesh.slug());
    return 9;
  }

  @Override
  public Optional<String> newest() {
    return Optional.of("9.9.9");
  }
}
