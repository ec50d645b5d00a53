package dev.claudemesh.broker.schedule;

import dev.claudemesh.protocol.crypto.PublicKey;
import dev.claudemesh.protocol.messaging.MessageRequest.Send;
import java.time.Instant;
import java.util.Optional;

/// One message that is to be sent later, as it is stored.
///
/// @param sender the member's key it is encrypted by and sent from
/// @param send what is sent, but for the id of its time
/// @param cron the expression it is repeated by
/// @param nextAt when it is due next; once it has ended, when it was due last
/// @param problem the code of why it was not sent the last time
record ScheduledMessage(
    String id,
    String meshId,
    String memberId,
    PublicKey sender,
    Send send,
    Optional<String> ownCopy,
    Optional<String> cron,
    String timezone,
    Optional<String> requestId,
    Instant createdAt,
    Instant nextAt,
    int fired,
    Optional<Instant> lastFiredAt,
    int missed,
    Optional<String> problem,
    boolean ended) {

  /// Nothing of what is in it.
  @Override
  public String toString() {
    return "ScheduledMessage[" + id + " at " + nextAt + "]";
  }
}
