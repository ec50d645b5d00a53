package dev.claudemesh.cli.mesh;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.config.Membership;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Which mesh a command is about. Never a silent guess between several that were never used.
public final class MeshChoice {
  private MeshChoice() {}

  /// @param called what the user wrote after `--mesh`
  /// @param lastUsed slug of the mesh used last
  /// @throws Problem `not_found` if there is none, `invalid_argument` listing them if one has to be
  ///   named
  public static Membership choose(
      Config config, Optional<String> called, Optional<String> lastUsed) {
    List<Membership> all = config.memberships();
    if (all.isEmpty() && !config.faults().isEmpty()) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "No membership can be read: "
              + String.join("; ", config.faults())
              + ". Run: claudemesh doctor");
    }
    if (all.isEmpty()) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "You are in no mesh yet. Make one with: claudemesh create <name>, or take an invite with:"
              + " claudemesh join <link>");
    }
    if (called.isPresent()) {
      return config.mesh(called.get());
    }
    if (all.size() == 1) {
      return all.getFirst();
    }
    return lastUsed
        .flatMap(slug -> all.stream().filter(mesh -> mesh.slug().equals(slug)).findFirst())
        .orElseThrow(() ->
            new Problem(
                ProblemCode.INVALID_ARGUMENT,
                "You are in several meshes; name one with --mesh: "
                    + all.stream().map(Membership::slug).collect(Collectors.joining(", "))));
  }
}
