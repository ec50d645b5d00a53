package dev.claudemesh.cli.flow;

/// What somebody pressed.
public sealed interface Key {
  /// One with a name.
  enum Named implements Key {
    UP,
    DOWN,
    LEFT,
    RIGHT,
    HOME,
    END,
    ENTER,
    ESCAPE,
    BACKSPACE,
    DELETE,
    /// Ctrl-U: the line is emptied.
    CLEAR,
    /// Ctrl-C, or the terminal is gone.
    QUIT,
    /// Anything else; nothing comes of it.
    OTHER
  }

  /// Text: a character, or all that was pasted at once.
  record Text(String text) implements Key {}
}
