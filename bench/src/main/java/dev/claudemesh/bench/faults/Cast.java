package dev.claudemesh.bench.faults;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/// Who takes part in a run: fixed from its first message to its last, so that everybody knows whom
/// a message is due to.
record Cast(String meshId, List<Peer> peers) {
  static final String EVERYONE = "*";

  Cast {
    peers = List.copyOf(peers);
  }

  /// One session.
  ///
  /// @param address key of the session, hex
  /// @param memberKey key of its member, hex
  /// @param process which client process it lives in
  /// @param groups paths without the @
  record Peer(
      String name,
      String member,
      String address,
      String memberKey,
      int process,
      List<String> groups) {}

  /// Who has to be shown a message.
  sealed interface Recipient {
    /// This session.
    record Session(String name) implements Recipient {}

    /// One session of this member, whichever.
    record AnyOf(String member) implements Recipient {}
  }

  Optional<Peer> named(String name) {
    return first(peer -> peer.name().equals(name));
  }

  Optional<Peer> at(String address) {
    return first(peer -> peer.address().equals(address));
  }

  private Optional<Peer> first(Predicate<Peer> wanted) {
    return peers.stream().filter(wanted).findFirst();
  }

  List<Peer> sessionsOf(String member) {
    return peers.stream().filter(peer -> peer.member().equals(member)).toList();
  }

  List<String> members() {
    return peers.stream().map(Peer::member).distinct().toList();
  }

  List<String> groups() {
    return peers.stream().flatMap(peer -> peer.groups().stream()).distinct().sorted().toList();
  }

  /// Whom a key belongs to.
  Optional<Recipient> owner(String key) {
    return at(key)
        .<Recipient>map(peer -> new Recipient.Session(peer.name()))
        .or(() ->
            first(peer -> peer.memberKey().equals(key))
                .map(peer -> new Recipient.AnyOf(peer.member())));
  }

  /// Whom a message is due to while every session counts as present: what the sender wrote to,
  /// without the sender's own session.
  List<Recipient> due(String sender, String target) {
    if (target.equals(EVERYONE)) {
      return sessions(peer -> !peer.name().equals(sender));
    }
    if (target.startsWith("@")) {
      String path = target.substring(1);
      return sessions(peer ->
          !peer.name().equals(sender)
              && peer.groups().stream()
                  .anyMatch(group -> group.equals(path) || group.startsWith(path + "/")));
    }
    return owner(target).stream().toList();
  }

  private List<Recipient> sessions(Predicate<Peer> wanted) {
    return peers.stream()
        .filter(wanted)
        .<Recipient>map(peer -> new Recipient.Session(peer.name()))
        .toList();
  }

  /// A key as people read it.
  String label(String target) {
    return owner(target)
        .map(owner ->
            switch (owner) {
              case Recipient.Session(String name) -> name;
              case Recipient.AnyOf(String member) -> "any of " + member;
            })
        .orElse(target);
  }

  Stream<Peer> inProcess(int process) {
    return peers.stream().filter(peer -> peer.process() == process);
  }
}
