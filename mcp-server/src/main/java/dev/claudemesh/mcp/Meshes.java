package dev.claudemesh.mcp;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.claims.Claim;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The meshes this session is on.
record Meshes(List<MeshLink> links) {
  private static final Logger log = LoggerFactory.getLogger(Meshes.class);

  /// The mesh a tool call means.
  ///
  /// @param called slug, name or id; may be empty where there is only one
  /// @throws Problem `not_found` or `invalid_argument`, listing what there is
  MeshLink one(Optional<String> called) {
    if (links.isEmpty()) {
      throw new Problem(
          ProblemCode.NOT_FOUND,
          "You have not joined a mesh yet. Ask the user to run: claudemesh join <link>, or"
              + " claudemesh create <name>; then start Claude Code again");
    }
    if (called.isPresent()) {
      return links.stream()
          .filter(link -> link.membership().isCalled(called.get()))
          .findFirst()
          .orElseThrow(() ->
              new Problem(
                  ProblemCode.NOT_FOUND,
                  "No mesh is called \"" + called.get() + "\"; there is " + slugs()));
    }
    if (links.size() > 1) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT, "Say which mesh (parameter mesh): " + slugs());
    }
    return links.getFirst();
  }

  /// The one mesh that was named, or all of them.
  List<MeshLink> someOrAll(Optional<String> called) {
    return called.isPresent() || links.isEmpty() ? List.of(one(called)) : links;
  }

  /// Tells one mesh's broker that the session has been shown messages.
  void seen(String slug, Collection<String> ids) {
    links.stream()
        .filter(link -> link.slug().equals(slug))
        .forEach(link -> link.client().seen(ids));
  }

  /// Claims of others that a file belongs to, on all meshes. One that is away, or does not answer
  /// at once, tells of none.
  List<Claim> claimsOn(String root, String path, Instant now) {
    List<Claim> claims = new ArrayList<>();
    for (MeshLink link : links) {
      try {
        if (link.connected()) {
          claims.addAll(link.claimsOn(root, path, now));
        }
      } catch (Problem away) {
        log.info("{}: it is not known who claimed a file: {}", link.slug(), away.getMessage());
      }
    }
    return claims;
  }

  String slugs() {
    return links.stream().map(MeshLink::slug).collect(Collectors.joining(", "));
  }
}
