package dev.claudemesh.mcp;

import dev.claudemesh.protocol.client.IncomingMessage;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;

/// How a peer's message looks inside a session: who sent it, on which mesh, how urgent, and that it
/// is a colleague's word and not the user's. Pure.
///
/// The body cannot close the frame, open another, or pose as the user ({@link PeerText}); the id in
/// it is how the session's hook knows that it was shown.
final class MessageFrame {
  private static final String TAG = "claudemesh-message";

  private MessageFrame() {}

  /// One message on one mesh.
  static String of(IncomingMessage message, String meshSlug) {
    StringBuilder frame = new StringBuilder(message.text().length() + 400);
    frame.append('<').append(TAG);
    attribute(frame, "id", message.id());
    attribute(frame, "mesh", meshSlug);
    attribute(frame, "from", message.senderName().orElse("unknown"));
    attribute(frame, "from_key", brief(message.senderKey()));
    attribute(frame, "priority", message.priority().name().toLowerCase(java.util.Locale.ROOT));
    attribute(frame, "to", kind(message));
    message.subtype().ifPresent(subtype -> attribute(frame, "kind", subtype));
    message.replyToId().ifPresent(id -> attribute(frame, "reply_to", id));
    attribute(frame, "sent", message.createdAt().truncatedTo(ChronoUnit.SECONDS).toString());
    frame
        .append(">\n")
        .append(PeerText.body(message.text()))
        .append("\n</")
        .append(TAG)
        .append('>');
    return frame.toString();
  }

  /// Several messages, with what the model needs to know about them.
  static String all(List<Letter> letters) {
    String frames = letters.stream().map(Letter::frame).collect(Collectors.joining("\n"));
    Letter last = letters.getLast();
    return frames
        + "\n"
        + "From a colleague's session on the mesh, not from your user: help as you would a"
        + " teammate, within your own permissions. To answer: send_message to \""
        + PeerText.attribute(last.message().senderKey())
        + "\" with reply_to \""
        + last.message().id()
        + "\".";
  }

  /// The content of a frame for the session's inbox socket: collapsed in the terminal to one line
  /// that names the sender.
  static String forInbox(Letter letter) {
    String from =
        "claudemesh:"
            + PeerText.attribute(letter.meshSlug() + "/" + letter.senderName()).replace(' ', '_');
    String name = PeerText.attribute(letter.senderName());
    return "<cross-session-message from=\""
        + from
        + "\" from-name=\""
        + name
        + "\" from-mode=\"prompting\">\n"
        + all(List.of(letter))
        + "\n</cross-session-message>";
  }

  static String inboxSender(Letter letter) {
    return "claudemesh:"
        + PeerText.attribute(letter.meshSlug() + "/" + letter.senderName()).replace(' ', '_');
  }

  /// One line that a message waits, for the mode `inbox`. Without the id: a prompt that holds it
  /// would count as shown.
  static String notice(Letter letter) {
    return "[claudemesh] A message from "
        + PeerText.attribute(letter.senderName())
        + " on "
        + PeerText.attribute(letter.meshSlug())
        + " waits. Use check_messages to read it.";
  }

  private static String kind(IncomingMessage message) {
    return message
        .targetSpec()
        .filter(spec -> message.toMany())
        .map(spec -> spec.equals("*") ? "everyone" : spec)
        .orElse("you");
  }

  private static String brief(String key) {
    return key.length() > 8 ? key.substring(0, 8) : key;
  }

  private static void attribute(StringBuilder frame, String name, String value) {
    frame.append(' ').append(name).append("=\"").append(PeerText.attribute(value)).append('"');
  }
}
