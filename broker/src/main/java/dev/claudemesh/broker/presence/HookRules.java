package dev.claudemesh.broker.presence;

import dev.claudemesh.broker.kernel.Connection;
import dev.claudemesh.broker.kernel.Peer;
import dev.claudemesh.protocol.presence.PresenceRequest.HookSetStatus;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// Whose status a hook reports. Pure.
final class HookRules {
  private HookRules() {}

  /// The peers of the session that a hook runs in, one for each mesh it is on. Never a stranger's
  /// that happens to work in a folder of the same name.
  ///
  /// By session id, else by token. Hooks of the first protocol may name their process, or their
  /// folder if only one session on their machine works in it.
  ///
  /// @param sessions all sessions of all meshes
  /// @param tokenHolder presence that the report's token was given to
  /// @param remote where the report came from: tells the machine if nobody named it
  static List<Peer> match(
      HookSetStatus report,
      List<Peer> sessions,
      Optional<String> tokenHolder,
      boolean compat,
      InetAddress remote) {
    List<Peer> named =
        report.sessionId().map(id -> having(sessions, sessionId(id))).orElse(List.of());
    if (!named.isEmpty()) {
      return named;
    }
    Optional<Peer> holder =
        tokenHolder.flatMap(
            id -> sessions.stream().filter(peer -> peer.presenceId().equals(id)).findFirst());
    if (holder.isPresent()) {
      return having(sessions, sameSession(holder.get()));
    }
    if (!compat || report.cwd().isEmpty()) {
      return List.of();
    }
    List<Peer> there =
        having(
            sessions,
            peer ->
                peer.client().cwd().equals(report.cwd().get())
                    && onMachine(peer, report.hostname(), remote));
    List<Peer> process =
        report
            .pid()
            .map(pid -> having(there, peer -> peer.client().pid() == pid))
            .orElse(List.of());
    return only(process.isEmpty() ? there : process);
  }

  private static Predicate<Peer> sessionId(String id) {
    return peer -> peer.client().sessionId().equals(id);
  }

  private static Predicate<Peer> sameSession(Peer peer) {
    return other ->
        other == peer
            || other.member().key().equals(peer.member().key())
                && other.client().sessionId().equals(peer.client().sessionId());
  }

  private static boolean onMachine(Peer peer, Optional<String> hostname, InetAddress remote) {
    return hostname.isPresent() && peer.client().hostname().isPresent()
        ? hostname.equals(peer.client().hostname())
        : peer.connection().map(Connection::remote).filter(remote::equals).isPresent();
  }

  /// The peers, if they are all of one session; otherwise nobody can say whose the report is.
  private static List<Peer> only(List<Peer> peers) {
    return peers.stream().map(peer -> peer.client().sessionId()).distinct().count() == 1
        ? peers
        : List.of();
  }

  private static List<Peer> having(List<Peer> peers, Predicate<Peer> what) {
    return peers.stream().filter(what).toList();
  }
}
