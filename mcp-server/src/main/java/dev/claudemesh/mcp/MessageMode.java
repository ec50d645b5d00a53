package dev.claudemesh.mcp;

import java.util.Locale;

/// How much messages may reach into the session.
public enum MessageMode {
  /// Into the conversation, as priorities allow.
  PUSH,
  /// Only a line that a message waits.
  INBOX,
  /// Nothing; `check_messages` still works.
  OFF;

  /// Reads the word a config file holds.
  ///
  /// @throws IllegalArgumentException for any other word
  public static MessageMode of(String word) {
    return switch (word.toLowerCase(Locale.ROOT)) {
      case "push" -> PUSH;
      case "inbox" -> INBOX;
      case "off" -> OFF;
      case String other ->
          throw new IllegalArgumentException(
              "A message mode is push, inbox or off, not \"" + other + "\"");
    };
  }
}
