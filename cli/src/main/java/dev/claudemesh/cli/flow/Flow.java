package dev.claudemesh.cli.flow;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// What has to be known before something can be done, in the order in which it is asked. Pure.
///
/// @param <S> the record in which the answers stand
public record Flow<S>(List<Entry<S>> entries) {

  /// One thing to be known.
  ///
  /// @param show whether it matters at all
  /// @param isComplete whether it is known
  /// @param screen how it is asked
  /// @param unattended where nobody can be asked: which flag says it, and the choices; empty text
  ///   where the preselected choice may be taken
  public record Entry<S>(
      String name,
      Predicate<S> show,
      Predicate<S> isComplete,
      Function<S, Page<S>> screen,
      Function<S, String> unattended) {}

  public Flow {
    entries = List.copyOf(entries);
  }

  /// The first that matters and is not known; empty at the end.
  public Optional<Entry<S>> open(S session) {
    return entries.stream()
        .filter(entry -> entry.show().test(session) && !entry.isComplete().test(session))
        .findFirst();
  }
}
