package dev.claudemesh.bench.faults;

import dev.claudemesh.protocol.messaging.Priority;
import java.util.List;
import java.util.SplittableRandom;

/// Draws what one peer writes, and to whom: sessions, members, groups and everyone, short texts and
/// now and then a long one.
record Letters(Cast cast, String me, SplittableRandom random) {
  private static final int SHORT = 300;
  private static final int MEDIUM = 8_000;
  private static final int LONG = 400_000;

  void next(Player player) {
    int dice = random.nextInt(100);
    if (dice < 45) {
      player.send(session(), priority(), directLength());
    } else if (dice < 70) {
      player.send(member(), priority(), directLength());
    } else if (dice < 88) {
      player.send("@" + pick(cast.groups()), priority(), length());
    } else {
      player.send(Cast.EVERYONE, priority(), length());
    }
  }

  private String session() {
    return pick(cast.peers().stream().filter(peer -> !peer.name().equals(me)).toList()).address();
  }

  private String member() {
    String own = cast.named(me).orElseThrow().member();
    String member = pick(cast.members().stream().filter(other -> !other.equals(own)).toList());
    return cast.sessionsOf(member).getFirst().memberKey();
  }

  private Priority priority() {
    int dice = random.nextInt(10);
    return dice < 3 ? Priority.NOW : dice < 8 ? Priority.NEXT : Priority.LOW;
  }

  private int directLength() {
    return random.nextInt(100) == 0 ? random.nextInt(LONG) : length();
  }

  private int length() {
    return 1 + random.nextInt(random.nextInt(12) == 0 ? MEDIUM : SHORT);
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
