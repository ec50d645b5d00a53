package dev.claudemesh.cli.mesh;

import dev.claudemesh.protocol.messaging.MessageReply.StatusResult;
import dev.claudemesh.protocol.messaging.MessageRequest.MessageStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// How a message stands, once it stands still.
final class Settled {
  /// A delivery takes a moment; after all of these we tell how it stands then.
  private static final List<Duration> LOOK_AFTER =
      List.of(
          Duration.ZERO,
          Duration.ofMillis(60),
          Duration.ofMillis(120),
          Duration.ofMillis(250),
          Duration.ofMillis(500));

  private Settled() {}

  /// Asks until every copy is delivered, or known to wait for its receiver.
  static StatusResult status(Link link, String messageId) throws InterruptedException {
    StatusResult status = null;
    for (Duration pause : LOOK_AFTER) {
      TimeUnit.NANOSECONDS.sleep(pause.toNanos());
      status = link.ask(new MessageStatus(messageId));
      if (status.recipients().stream().noneMatch(MessageView::isMoving)) {
        break;
      }
    }
    return status;
  }
}
