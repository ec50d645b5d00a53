package dev.claudemesh.cli.flow;

import java.util.function.UnaryOperator;

/// What is found out beside the flow while somebody reads the screen.
public sealed interface News<S> {
  /// A fact for the record.
  record Learned<S>(UnaryOperator<S> fact) implements News<S> {}

  /// Something that comes in between.
  record Interrupted<S>(Overlay<S> overlay) implements News<S> {}

  /// The reason of an interruption is gone.
  record Withdrawn<S>(String name) implements News<S> {}

  /// A line below, which never holds anybody up.
  record Banner<S>(String text) implements News<S> {}
}
