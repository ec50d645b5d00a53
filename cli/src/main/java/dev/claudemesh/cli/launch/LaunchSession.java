package dev.claudemesh.cli.launch;

import java.util.List;
import java.util.Optional;

/// All that is known of a launch so far; changes by copies. Never printed as it is: an invite of
/// the oldest kind, which it may hold, has the mesh key in it.
///
/// @param usualName stands there when the name is asked
/// @param usualRole is preselected when the role is asked; blank for none
/// @param name of the session on the mesh; empty while it is to be asked
/// @param role what it does, in a word; empty while it is to be asked, blank for none
/// @param broker where a mesh is made or an account is, once that is known
/// @param online how many peers are on the mesh, if its broker said so
/// @param alone whether it may start while the broker is away
record LaunchSession(
    Machine machine,
    Wishes wishes,
    Optional<Goal> goal,
    Optional<String> broker,
    String usualName,
    String usualRole,
    Optional<String> name,
    Optional<String> role,
    Optional<Integer> online,
    boolean alone,
    boolean confirmed) {

  /// What this machine has.
  ///
  /// @param folder where Claude Code will work, as a person writes it
  /// @param account who is signed in
  record Machine(String folder, List<Mesh> meshes, Optional<String> account, boolean hasClaude) {
    Machine {
      meshes = List.copyOf(meshes);
    }
  }

  /// A mesh that was joined.
  record Mesh(String id, String slug, String name, String broker) {}

  /// What was asked for by flags, and is not asked again.
  ///
  /// @param resumes which session, as the user wrote it; blank lets Claude Code ask
  /// @param messageMode push, inbox or off
  record Wishes(
      Optional<String> groups,
      Optional<String> messageMode,
      Optional<String> resumes,
      boolean continues,
      boolean skipsPermissions,
      boolean quiet) {}

  /// How one comes to the mesh.
  sealed interface Goal {
    /// It was joined before.
    record Joined(String meshId) implements Goal {}

    /// By an invite.
    record Join(Optional<String> link, Optional<Offer> offer) implements Goal {}

    /// It is made.
    ///
    /// @param template blank for none
    record Create(Optional<String> name, Optional<String> template) implements Goal {}

    /// Not yet: an account comes first.
    record SignIn() implements Goal {}
  }

  /// What an invite offers.
  ///
  /// @param inviter who made it, where the broker says so
  record Offer(String mesh, Optional<String> inviter, String role, Optional<Integer> members) {}

  Optional<Mesh> mesh() {
    return goal.filter(Goal.Joined.class::isInstance)
        .map(Goal.Joined.class::cast)
        .flatMap(joined ->
            machine.meshes().stream()
                .filter(mesh -> mesh.id().equals(joined.meshId()))
                .findFirst());
  }

  boolean hasGoal() {
    return goal.isPresent();
  }

  boolean has(Class<? extends Goal> kind) {
    return goal.filter(kind::isInstance).isPresent();
  }

  /// What was found out of a mesh or answered for it does not hold for another one.
  LaunchSession withGoal(Goal next) {
    return new LaunchSession(
        machine,
        wishes,
        Optional.ofNullable(next),
        broker,
        usualName,
        usualRole,
        name,
        role,
        goal.equals(Optional.ofNullable(next)) ? online : Optional.empty(),
        false,
        false);
  }

  LaunchSession withBroker(Optional<String> url) {
    return new LaunchSession(
        machine, wishes, goal, url, usualName, usualRole, name, role, online, alone, confirmed);
  }

  LaunchSession withName(String chosen) {
    return new LaunchSession(
        machine,
        wishes,
        goal,
        broker,
        chosen,
        usualRole,
        Optional.of(chosen),
        role,
        online,
        alone,
        confirmed);
  }

  LaunchSession withRole(String chosen) {
    return new LaunchSession(
        machine,
        wishes,
        goal,
        broker,
        usualName,
        chosen,
        name,
        Optional.of(chosen),
        online,
        alone,
        confirmed);
  }

  /// To be asked again.
  LaunchSession withoutNameAndRole() {
    return new LaunchSession(
        machine,
        wishes,
        goal,
        broker,
        usualName,
        usualRole,
        Optional.empty(),
        Optional.empty(),
        online,
        alone,
        confirmed);
  }

  LaunchSession withOnline(int peers) {
    return new LaunchSession(
        machine,
        wishes,
        goal,
        broker,
        usualName,
        usualRole,
        name,
        role,
        Optional.of(peers),
        alone,
        confirmed);
  }

  LaunchSession withAlone() {
    return new LaunchSession(
        machine,
        wishes,
        goal,
        broker,
        usualName,
        usualRole,
        name,
        role,
        Optional.empty(),
        true,
        confirmed);
  }

  LaunchSession withConfirmed() {
    return new LaunchSession(
        machine, wishes, goal, broker, usualName, usualRole, name, role, online, alone, true);
  }

  LaunchSession withAccount(String email) {
    return new LaunchSession(
        new Machine(machine.folder(), machine.meshes(), Optional.of(email), machine.hasClaude()),
        wishes,
        goal,
        broker,
        usualName,
        usualRole,
        name,
        role,
        online,
        alone,
        confirmed);
  }

  /// With a mesh that was joined or made just now; it is the one that was wanted.
  LaunchSession withMesh(Mesh mesh) {
    List<Mesh> all = new java.util.ArrayList<>(machine.meshes());
    all.removeIf(known -> known.id().equals(mesh.id()));
    all.add(mesh);
    return new LaunchSession(
        new Machine(machine.folder(), all, machine.account(), machine.hasClaude()),
        wishes,
        Optional.of(new Goal.Joined(mesh.id())),
        broker,
        usualName,
        usualRole,
        name,
        role,
        Optional.empty(),
        alone,
        confirmed);
  }
}
