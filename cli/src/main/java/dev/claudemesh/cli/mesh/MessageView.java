package dev.claudemesh.cli.mesh;

import dev.claudemesh.protocol.messaging.DeliveryStatus;
import dev.claudemesh.protocol.messaging.MessageReply.Recipient;
import dev.claudemesh.protocol.messaging.MessageReply.StatusResult;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// What became of a message, in words.
final class MessageView {
  private static final int NAMED = 5;

  private MessageView() {}

  /// One recipient's copy, for programs.
  record Copy(
      String name,
      String pubkey,
      DeliveryStatus status,
      Optional<String> reason,
      Optional<Instant> at) {}

  static List<Copy> copies(StatusResult status) {
    return status.recipients().stream()
        .map(to -> new Copy(to.name(), to.pubkey(), to.state(), to.reason(), to.at()))
        .toList();
  }

  /// Whether a copy is on its way, so that a moment later it may have arrived.
  static boolean isMoving(Recipient recipient) {
    return recipient.state() == DeliveryStatus.IN_FLIGHT
        || recipient.state() == DeliveryStatus.QUEUED && recipient.reason().isEmpty();
  }

  /// One line: `delivered`, or who waits for what.
  static String summary(StatusResult status) {
    List<Recipient> all = status.recipients();
    if (all.size() == 1) {
      return words(all.getFirst());
    }
    List<Recipient> not = all.stream().filter(to -> !hasIt(to)).toList();
    String done = all.size() - not.size() + " of " + all.size() + " have it";
    return not.isEmpty()
        ? "delivered to all " + all.size()
        : done
            + "; "
            + not.stream()
                .limit(NAMED)
                .map(to -> to.name() + " " + words(to))
                .collect(Collectors.joining(", "))
            + (not.size() > NAMED ? " and " + (not.size() - NAMED) + " more" : "");
  }

  static String words(Recipient to) {
    return switch (to.state()) {
      case DELIVERED -> "delivered";
      case SEEN -> "seen";
      case IN_FLIGHT -> "on its way";
      case QUEUED -> "queued, " + why(to.reason().orElse("waits its turn"));
      case EXPIRED -> "expired, never delivered";
      case REFUSED -> "refused (" + to.reason().orElse("no reason given") + ")";
    };
  }

  private static boolean hasIt(Recipient to) {
    return to.state() == DeliveryStatus.DELIVERED || to.state() == DeliveryStatus.SEEN;
  }

  private static String why(String reason) {
    return switch (reason.toLowerCase(Locale.ROOT)) {
      case "offline" -> "delivered when they are back";
      case "busy" -> "delivered when they are idle";
      case "dnd" -> "delivered when they may be disturbed";
      case "leased" -> "being delivered";
      default -> reason;
    };
  }
}
