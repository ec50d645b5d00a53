package dev.claudemesh.mcp;

import dev.claudemesh.protocol.messaging.Priority;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiPredicate;

/// The two ways by which this process can put something into the session by itself, best first.
///
/// @param inbox the session's own inbox, where this version of Claude Code has one
/// @param channel sends a channel notification with content and attributes; false if the transport
///   is not up yet
record Doorways(Optional<InboxSocket> inbox, BiPredicate<String, Map<String, String>> channel) {

  /// Pushes a letter by the first way that takes it; empty if none did.
  Optional<Letter.Path> push(Letter letter, MessageMode mode) {
    boolean whole = mode == MessageMode.PUSH;
    String content = whole ? MessageFrame.forInbox(letter) : MessageFrame.notice(letter);
    Priority priority = whole ? letter.message().priority() : Priority.NEXT;
    if (inbox.isPresent()
        && inbox.get().post(content, MessageFrame.inboxSender(letter), priority)) {
      return Optional.of(Letter.Path.SOCKET);
    }
    String text = whole ? MessageFrame.all(java.util.List.of(letter)) : MessageFrame.notice(letter);
    return channel.test(text, attributes(letter, whole))
        ? Optional.of(Letter.Path.CHANNEL)
        : Optional.empty();
  }

  /// Claude Code drops a notification whose attributes are not texts, or whose names have other
  /// characters than letters, digits and underscores.
  private static Map<String, String> attributes(Letter letter, boolean whole) {
    return Map.of(
        "kind", whole ? letter.message().toMany() ? "group" : "direct" : "inbox_notification",
        "from_name", PeerText.attribute(letter.senderName()),
        "from_id", PeerText.attribute(letter.message().senderKey()),
        "mesh_slug", PeerText.attribute(letter.meshSlug()),
        "priority", letter.message().priority().name().toLowerCase(java.util.Locale.ROOT),
        "message_id", letter.id());
  }
}
