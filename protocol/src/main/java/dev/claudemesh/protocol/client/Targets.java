package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.presence.PresenceReply.Peer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Turns what a person or a model calls somebody into a target. Pure.
///
/// In this order: a key; `@group`; `*` or `@all`; the name of a session; the name of a member; the
/// beginning of exactly one name (2 characters or more) or key (4 or more). Case does not matter.
/// Several sessions of one member that all bear the member's own name are that member.
public final class Targets {
  private final List<Peer> peers;
  private final List<Member> members;

  public Targets(List<Peer> peers, List<Member> members) {
    this.peers = List.copyOf(peers);
    this.members = List.copyOf(members);
  }

  /// A name with the mesh that was written before it, as in `team:alice`.
  public record Scoped(Optional<String> mesh, String name) {}

  /// Splits `<mesh-slug>:` off, if what stands before the colon is one of the slugs.
  public static Scoped split(String text, List<String> meshSlugs) {
    int colon = text.indexOf(':');
    if (colon <= 0) {
      return new Scoped(Optional.empty(), text);
    }
    String slug = text.substring(0, colon);
    return meshSlugs.stream()
        .filter(slug::equalsIgnoreCase)
        .findFirst()
        .map(known -> new Scoped(Optional.of(known), text.substring(colon + 1)))
        .orElseGet(() -> new Scoped(Optional.empty(), text));
  }

  /// Finds whom a name means.
  ///
  /// @throws dev.claudemesh.protocol.Problem `invalid_argument` listing the matches if there are
  ///   several, `unknown_target` with close matches if there is none
  public Target resolve(String name) {
    return new TargetSearch(peers, members).resolve(name);
  }

  /// The same for what is to be sent later: a member of exactly this name comes before a session of
  /// that name, which may be gone by then.
  ///
  /// @throws dev.claudemesh.protocol.Problem as {@link #resolve}
  public Target resolveLasting(String name) {
    List<Target> called =
        members.stream()
            .filter(member -> member.displayName().equalsIgnoreCase(name.strip()))
            .flatMap(member ->
                member.pubkey().stream()
                    .map(key -> new Target(key, Target.Kind.MEMBER, member.displayName())))
            .toList();
    return called.size() == 1 ? called.getFirst() : resolve(name);
  }

  /// What people call the one at an address: the other way round. The spec itself where nobody here
  /// has that key.
  public String label(String spec) {
    return Stream.concat(
            peers.stream().filter(peer -> peer.pubkey().equals(spec)).map(Peer::displayName),
            members.stream()
                .filter(member -> member.pubkey().filter(spec::equals).isPresent())
                .map(Member::displayName))
        .findFirst()
        .orElse(spec);
  }
}
