package dev.claudemesh.cli.flow;

import java.util.function.Consumer;

/// Finds things out beside the flow, on threads of its own.
public interface Watch<S> extends AutoCloseable {
  /// From now on this is what is known; called whenever it changes.
  ///
  /// @param tell takes news, from any thread
  void on(S session, Consumer<News<S>> tell);

  @Override
  void close();

  /// Finds nothing out.
  static <S> Watch<S> none() {
    return new Watch<>() {
      @Override
      public void on(S session, Consumer<News<S>> tell) {}

      @Override
      public void close() {}
    };
  }
}
