package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.claude.ClaudeBinary;
import dev.claudemesh.cli.flow.Flow;
import dev.claudemesh.cli.flow.Position;
import dev.claudemesh.cli.launch.LaunchSession.Goal;
import dev.claudemesh.cli.launch.LaunchSession.Mesh;
import dev.claudemesh.cli.mesh.MeshChoice;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.LastUsed;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.invites.InviteLink;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What is known before anything is asked: from flags, from a session that is resumed, from the
/// environment, and, where somebody sees it before it counts, from the last launch.
final class LaunchStart {
  private final Context context;
  private final Flags flags;
  private final boolean asks;
  private final Config config;
  private final Optional<SavedLaunches.Saved> resumed;
  private final Optional<LastUsed> last;

  /// What was typed.
  record Flags(
      Optional<String> name,
      Optional<String> role,
      Optional<String> groups,
      Optional<String> mesh,
      Optional<String> join,
      Optional<String> messageMode,
      Optional<String> resume,
      boolean continues,
      boolean yes,
      boolean quiet) {}

  /// @param asks whether somebody is there who sees what was filled in
  LaunchStart(Context context, Flags flags, boolean asks) {
    this.context = context;
    this.flags = flags;
    this.asks = asks;
    this.config = context.config().read();
    this.resumed = flags.resume().flatMap(saved(context)::of);
    this.last = asks ? context.folder().lastUsed().read() : Optional.empty();
  }

  static SavedLaunches saved(Context context) {
    return new SavedLaunches(context.folder().path().resolve("launches.json"));
  }

  /// @throws Problem `not_found` if there are memberships, but none that can be read
  Position<LaunchSession> position(Flow<LaunchSession> flow) {
    if (config.memberships().isEmpty() && !config.faults().isEmpty()) {
      MeshChoice.choose(config, Optional.empty(), Optional.empty());
    }
    Position<LaunchSession> start = Position.start(flow, session());
    if (!asks) {
      // Never a guess, and what is wrong is told as it is.
      flags.mesh().ifPresent(config::mesh);
      flags.join().ifPresent(InviteLink::parse);
      return start;
    }
    return wrongMesh()
        .map(Trouble::unknownMesh)
        .or(() -> wrongLink().map(Trouble::badInvite))
        .map(start::interrupted)
        .orElse(start);
  }

  private Optional<String> wrongMesh() {
    try {
      flags.mesh().filter(_ -> flags.join().isEmpty()).ifPresent(config::mesh);
      return Optional.empty();
    } catch (Problem problem) {
      return Optional.of(problem.getMessage());
    }
  }

  private Optional<Problem> wrongLink() {
    try {
      flags.join().ifPresent(InviteLink::parse);
      return Optional.empty();
    } catch (Problem problem) {
      return Optional.of(problem);
    }
  }

  private LaunchSession session() {
    Optional<Goal> goal = goal();
    boolean sameMesh =
        goal.filter(Goal.Joined.class::isInstance)
            .map(Goal.Joined.class::cast)
            .flatMap(joined -> config.byId(joined.meshId()))
            .filter(mesh -> last.filter(used -> used.meshSlug().equals(mesh.slug())).isPresent())
            .isPresent();
    Optional<LastUsed> before = last.filter(_ -> sameMesh);
    Optional<String> known =
        flags
            .name()
            .or(() -> resumed.map(SavedLaunches.Saved::name))
            .or(() -> context.environment().variable("CLAUDEMESH_DISPLAY_NAME"))
            .or(() -> before.flatMap(LastUsed::displayName))
            .or(() -> config.setting("displayName"));
    String usual =
        known
            .or(() -> context.environment().variable("USER"))
            .or(() -> context.environment().variable("USERNAME"))
            .orElse("claude");
    Optional<String> role =
        flags
            .role()
            .or(() -> resumed.flatMap(SavedLaunches.Saved::role))
            .or(() -> before.flatMap(LastUsed::role));
    boolean newcomer = config.memberships().isEmpty();
    return new LaunchSession(
        machine(),
        new LaunchSession.Wishes(
            flags.groups().or(() -> resumed.flatMap(SavedLaunches.Saved::groups)),
            flags.messageMode().or(() -> resumed.flatMap(SavedLaunches.Saved::messageMode)),
            flags.resume(),
            flags.continues(),
            flags.yes(),
            flags.quiet()),
        goal,
        context.environment().variable("CLAUDEMESH_BROKER_URL"),
        usual,
        role.orElse(""),
        newcomer ? known : Optional.of(usual),
        newcomer ? role : role.or(() -> Optional.of("")),
        Optional.empty(),
        false,
        flags.quiet() && goal.filter(Goal.Joined.class::isInstance).isPresent());
  }

  private LaunchSession.Machine machine() {
    List<Mesh> meshes = config.memberships().stream().map(LaunchStart::mesh).toList();
    return new LaunchSession.Machine(
        shown(context.environment().folder(), context.environment().home()),
        meshes,
        CommandActions.account(context),
        ClaudeBinary.find(context.environment()).isPresent());
  }

  private static Mesh mesh(Membership member) {
    return new Mesh(member.meshId(), member.slug(), member.name(), member.brokerUrl().toString());
  }

  private static String shown(Path folder, Path home) {
    return folder.equals(home)
        ? "~"
        : folder.startsWith(home) ? "~/" + home.relativize(folder) : folder.toString();
  }

  private Optional<Goal> goal() {
    if (flags.join().isPresent()) {
      return wrongLink().isPresent()
          ? Optional.empty()
          : Optional.of(new Goal.Join(flags.join(), Optional.empty()));
    }
    List<Membership> all = config.memberships();
    Optional<Membership> chosen =
        flags.mesh().isPresent()
            ? flags.mesh().filter(_ -> wrongMesh().isEmpty()).map(config::mesh)
            : resumed
                .flatMap(saved -> config.byId(saved.mesh()))
                .or(() -> all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty())
                .or(() ->
                    last.flatMap(used ->
                        all.stream()
                            .filter(mesh -> mesh.slug().equals(used.meshSlug()))
                            .findFirst()));
    return chosen.map(mesh -> new Goal.Joined(mesh.meshId()));
  }
}
