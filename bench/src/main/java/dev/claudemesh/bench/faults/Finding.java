package dev.claudemesh.bench.faults;

import java.util.Optional;

/// Something that must not be.
///
/// @param message which message it is about; empty where it is about a part of the system
record Finding(Kind kind, Optional<MessageName> message, String what) {
  /// A message, as its sender counts it.
  record MessageName(String sender, int number) {
    @Override
    public String toString() {
      return sender + "#" + number;
    }
  }

  /// What may go wrong.
  enum Kind {
    /// The broker acknowledged it, or the client kept it, and somebody it was due to never saw it.
    LOST,
    /// One session was shown it twice.
    TWICE,
    /// It was for one session of a member, and two were shown it.
    TWO_SESSIONS,
    /// A session was shown it after a later one of the same sender and priority.
    OUT_OF_ORDER,
    /// It was shown and never sent.
    PHANTOM,
    /// It was shown to somebody it was not due to.
    STRAY,
    /// It was not acknowledged, and some of its recipients have it and others do not.
    IN_PART,
    /// It was taken for two messages.
    TWO_IDS,
    /// Another text was shown than was sent.
    ALTERED,
    /// The ack named another number of recipients than it was due to.
    MISCOUNTED,
    /// A client gave up for good where it should have tried again.
    GAVE_UP,
    /// A part did not come back, ended by itself, or did not come to rest.
    NOT_RECOVERED
  }

  static Finding about(Kind kind, MessageName message, String what) {
    return new Finding(kind, Optional.of(message), what);
  }

  static Finding of(Kind kind, String what) {
    return new Finding(kind, Optional.empty(), what);
  }

  @Override
  public String toString() {
    return kind + message.map(name -> " " + name).orElse("") + ": " + what;
  }
}
