package dev.claudemesh.cli.flow;

import dev.claudemesh.protocol.Problem;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// What an answer leads to.
public sealed interface Step<S> {

  /// The record changes, and the flow looks again. An interruption it was chosen in is over.
  record Go<S>(UnaryOperator<S> change) implements Step<S> {}

  /// The same for what cannot be undone: there is no way back behind it.
  record Settle<S>(UnaryOperator<S> change) implements Step<S> {}

  /// The answer will not do; the same is asked again.
  record Refuse<S>(String why) implements Step<S> {}

  /// To the question before this one.
  record Back<S>() implements Step<S> {}

  /// The interruption is over, and nothing changed.
  record Resume<S>() implements Step<S> {}

  /// Something comes in between.
  record Interrupt<S>(Overlay<S> overlay) implements Step<S> {}

  /// Something that takes a moment, and then leads on. Runs beside the screen.
  ///
  /// @param doing what is shown meanwhile
  /// @param trouble what a {@link Problem} leads to where somebody is there; nobody there is told
  ///   it as a failure
  record Work<S>(String doing, Callable<Step<S>> work, Function<Problem, Step<S>> trouble)
      implements Step<S> {}

  /// Something that needs the terminal for itself.
  record Outside<S>(Callable<Step<S>> work) implements Step<S> {}

  /// The end, before everything is known.
  record Leave<S>() implements Step<S> {}
}
