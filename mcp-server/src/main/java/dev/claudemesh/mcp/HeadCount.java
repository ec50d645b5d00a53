package dev.claudemesh.mcp;

import dev.claudemesh.protocol.client.MeshClient;
import dev.claudemesh.protocol.client.News;
import dev.claudemesh.protocol.members.MemberReply.Member;
import dev.claudemesh.protocol.members.MemberRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// How many members of a mesh are here, counted again after somebody came or went, at most every
/// ten seconds. Thread-safe; never waits.
final class HeadCount {
  private static final Duration AT_MOST = Duration.ofSeconds(10);
  private static final Duration ANYWAY = Duration.ofMinutes(5);

  private boolean changed = true;
  private Instant countedAt = Instant.EPOCH;
  private Optional<StatusLine.Heads> heads = Optional.empty();

  /// Something happened on the mesh.
  synchronized void heard(News news) {
    changed |= news.event().startsWith("peer_") || news.event().startsWith("member_");
  }

  /// There is a new connection: nothing is known any more.
  synchronized void connected() {
    changed = true;
    heads = Optional.empty();
  }

  /// What was counted last. Asks the broker where that may be wrong by now.
  Optional<StatusLine.Heads> current(MeshClient client, Instant now) {
    synchronized (this) {
      Duration since = Duration.between(countedAt, now);
      boolean due = changed ? since.compareTo(AT_MOST) >= 0 : since.compareTo(ANYWAY) >= 0;
      if (!due) {
        return heads;
      }
      changed = false;
      countedAt = now;
    }
    client.call(new MemberRequest.ListMembers()).thenAccept(list -> counted(list.members()));
    synchronized (this) {
      return heads;
    }
  }

  private synchronized void counted(List<Member> members) {
    int online = (int) members.stream().filter(member -> member.online().orElse(false)).count();
    heads = Optional.of(new StatusLine.Heads(online, members.size()));
  }
}
