package dev.claudemesh.broker.presence;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.presence.PresenceReply;
import dev.claudemesh.protocol.presence.PresenceReply.Profile;
import dev.claudemesh.protocol.presence.PresenceRequest.HookSetStatus;
import dev.claudemesh.protocol.presence.PresenceRequest.SetProfile;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What peers may say of themselves. Pure.
final class PresenceRules {
  private static final Pattern COUNTER = Pattern.compile("[A-Za-z][A-Za-z0-9_]{0,39}");
  private static final Pattern GAPS = Pattern.compile("[\\s\\p{Cntrl}]+");

  private PresenceRules() {}

  /// What a profile becomes: what was left out stays.
  static Profile merge(Profile before, SetProfile said) {
    return new Profile(
        said.avatar().or(before::avatar),
        said.title().or(before::title),
        said.bio().or(before::bio),
        said.capabilities().or(before::capabilities));
  }

  /// What is left of a peer for those from whom its member withholds `read`: where messages go, and
  /// whether they would disturb.
  static PresenceReply.Peer addressOnly(PresenceReply.Peer peer) {
    return new PresenceReply.Peer(
        peer.pubkey(),
        peer.displayName(),
        peer.status(),
        Optional.empty(),
        peer.groups(),
        peer.sessionId(),
        peer.connectedAt(),
        "",
        Optional.empty(),
        peer.peerType(),
        peer.channel(),
        Optional.empty(),
        Optional.empty(),
        peer.visible(),
        Optional.empty(),
        peer.memberPubkey(),
        peer.peerRole(),
        Optional.empty(),
        peer.connected());
  }

  /// Others see a summary in one line of a list.
  static String oneLine(String summary) {
    return GAPS.matcher(summary).replaceAll(" ").strip();
  }

  /// @throws Problem `invalid_request` if a name or a number cannot be a counter's
  static Map<String, Long> counters(Map<String, Long> reported) {
    reported.forEach((name, count) -> {
      if (!COUNTER.matcher(name).matches() || count < 0) {
        throw new Problem(
            ProblemCode.INVALID_REQUEST,
            "set_stats: \"stats\" must map names of up to 40 letters to counts of 0 or more");
      }
    });
    return Map.copyOf(reported);
  }

  /// Whose reports are counted together.
  static String rateKey(HookSetStatus report) {
    return report
        .sessionId()
        .map(id -> "session:" + id)
        .or(() -> report.hookToken().map(token -> "token:" + token))
        .orElseGet(() ->
            "process:"
                + report.pid().map(String::valueOf).orElse("")
                + ":"
                + report.cwd().orElse(""));
  }
}
