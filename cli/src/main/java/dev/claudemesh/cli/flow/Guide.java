package dev.claudemesh.cli.flow;

import java.util.Optional;

/// Leads somebody through a flow.
public interface Guide<S> {
  /// How it ended.
  ///
  /// @param session what is known, if everything is
  /// @param exit how the program ends otherwise
  record Ended<S>(Optional<S> session, int exit) {
    static <S> Ended<S> with(S session) {
      return new Ended<>(Optional.of(session), 0);
    }

    static <S> Ended<S> left(int exit) {
      return new Ended<>(Optional.empty(), exit);
    }
  }

  /// From a position to the end.
  ///
  /// @throws Exception what work of the flow threw
  Ended<S> lead(Position<S> start) throws Exception;
}
