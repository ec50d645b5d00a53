package dev.claudemesh.protocol.client;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.presence.PresenceReply.Peer;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The search behind {@link Targets}.
record TargetSearch(List<Peer> peers, List<Member> members) {
  private static final int MIN_NAME_PREFIX = 2;
  private static final int MIN_KEY_PREFIX = 4;
  private static final int LISTED = 8;

  /// A peer or a member under the name it is found by.
  ///
  /// @param where what tells it apart from another of that name
  private record Candidate(
      String key, String name, Target.Kind kind, String where, Optional<String> memberKey) {
    Target target() {
      return new Target(key, kind, name);
    }

    String described() {
      return name
          + " ("
          + (kind == Target.Kind.SESSION ? "session " : "member ")
          + key.substring(0, Math.min(8, key.length()))
          + where
          + ")";
    }
  }

  Target resolve(String text) {
    String name = text.strip();
    String lower = name.toLowerCase(Locale.ROOT);
    if (PublicKey.isKey(lower)) {
      return byKey(lower);
    }
    if (lower.equals("*") || lower.equals("@all")) {
      return new Target("*", Target.Kind.EVERYONE, "everyone");
    }
    if (name.startsWith("@") && name.length() > 1) {
      return new Target(name, Target.Kind.GROUP, name);
    }
    if (name.isEmpty() || name.startsWith("@") || name.startsWith("#")) {
      throw new Problem(
          ProblemCode.INVALID_ARGUMENT,
          "\"" + name + "\" names nobody. Give a name, a key, @group, or * for everyone.");
    }
    Predicate<Candidate> named = candidate -> candidate.name().equalsIgnoreCase(name);
    return one(name, sessions().filter(named).toList())
        .or(() -> one(name, memberCandidates().filter(named).toList()))
        .or(() -> one(name, everybody().filter(candidate -> beginsWith(candidate, lower)).toList()))
        .orElseThrow(() -> unknown(name));
  }

  private Target byKey(String key) {
    return everybody()
        .filter(candidate -> candidate.key().equals(key))
        .findFirst()
        .map(Candidate::target)
        .orElseGet(() -> new Target(key, Target.Kind.KEY, key.substring(0, 8)));
  }

  private static boolean beginsWith(Candidate candidate, String lower) {
    return (lower.length() >= MIN_NAME_PREFIX
            && candidate.name().toLowerCase(Locale.ROOT).startsWith(lower))
        || (lower.length() >= MIN_KEY_PREFIX && candidate.key().startsWith(lower));
  }

  /// The only one that matches. A member and its own sessions that bear its name count as one: the
  /// member.
  private Optional<Target> one(String name, List<Candidate> matches) {
    List<Candidate> distinct =
        matches.stream()
            .filter(match -> matches.stream().noneMatch(other -> stands(other, match)))
            .toList();
    if (distinct.size() > 1) {
      Optional<Candidate> member = commonMember(distinct);
      if (member.isPresent()) {
        return member.map(Candidate::target);
      }
      throw ambiguous(name, distinct);
    }
    return distinct.stream().findFirst().map(Candidate::target);
  }

  /// Whether a member among the matches stands for a session among them.
  private static boolean stands(Candidate other, Candidate match) {
    return match.kind() == Target.Kind.SESSION
        && other.kind() == Target.Kind.MEMBER
        && match.memberKey().filter(other.key()::equals).isPresent()
        && match.name().equalsIgnoreCase(other.name());
  }

  private Optional<Candidate> commonMember(List<Candidate> matches) {
    return memberCandidates()
        .filter(member ->
            matches.stream()
                .allMatch(match ->
                    match.memberKey().filter(member.key()::equals).isPresent()
                        && match.name().equalsIgnoreCase(member.name())))
        .findFirst();
  }

  private Stream<Candidate> everybody() {
    return Stream.concat(sessions(), memberCandidates());
  }

  private Stream<Candidate> sessions() {
    return peers.stream()
        .map(peer ->
            new Candidate(
                peer.pubkey(),
                peer.displayName(),
                peer.memberPubkey().filter(peer.pubkey()::equals).isPresent()
                    ? Target.Kind.MEMBER
                    : Target.Kind.SESSION,
                peer.hostname().map(host -> " on " + host).orElse("")
                    + (peer.cwd().isEmpty() ? "" : " in " + peer.cwd()),
                peer.memberPubkey()));
  }

  private Stream<Candidate> memberCandidates() {
    return members.stream()
        .filter(member -> member.pubkey().isPresent())
        .map(member ->
            new Candidate(
                member.pubkey().orElseThrow(),
                member.displayName(),
                Target.Kind.MEMBER,
                member.online().orElse(false) ? ", online" : ", offline",
                member.pubkey()));
  }

  private static Problem ambiguous(String name, List<Candidate> matches) {
    String listed =
        matches.stream().limit(LISTED).map(Candidate::described).collect(Collectors.joining(", "));
    String more = matches.size() > LISTED ? " and " + (matches.size() - LISTED) + " more" : "";
    return new Problem(
        ProblemCode.INVALID_ARGUMENT,
        "\""
            + name
            + "\" could be "
            + matches.size()
            + ": "
            + listed
            + more
            + ". Name one by more of its name or by its key.");
  }

  private Problem unknown(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    int tolerated = Math.max(2, lower.length() / 3);
    Map<String, Integer> distances =
        everybody()
            .map(Candidate::name)
            .collect(
                Collectors.toMap(
                    each -> each,
                    each -> EditDistance.between(lower, each.toLowerCase(Locale.ROOT)),
                    (one, other) -> one));
    List<String> close =
        distances.entrySet().stream()
            .filter(entry ->
                entry.getValue() <= tolerated
                    || entry.getKey().toLowerCase(Locale.ROOT).contains(lower))
            .sorted(
                Map.Entry.<String, Integer>comparingByValue()
                    .thenComparing(Map.Entry::getKey, Comparator.naturalOrder()))
            .map(Map.Entry::getKey)
            .limit(3)
            .toList();
    String hint =
        close.isEmpty()
            ? "See who is there with claudemesh peers (list_peers) and claudemesh members."
            : "Did you mean " + String.join(", ", close) + "?";
    return new Problem(
        ProblemCode.UNKNOWN_TARGET, "Nobody on this mesh is called \"" + name + "\". " + hint);
  }
}
