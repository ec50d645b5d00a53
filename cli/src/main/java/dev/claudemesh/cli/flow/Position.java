package dev.claudemesh.cli.flow;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Where somebody stands in a flow: what is known, what was known before each answer, and what lies
/// over it. Pure and immutable.
///
/// @param past the records before this one, the latest last; {@link Step.Back} goes there
/// @param overlays the last one is on top
public record Position<S>(
    Flow<S> flow, S session, List<S> past, List<Overlay<S>> overlays, boolean left) {
  /// Older ones are forgotten.
  static final int MOST_PAST = 100;

  public Position {
    past = List.copyOf(past);
    overlays = List.copyOf(overlays);
  }

  public static <S> Position<S> start(Flow<S> flow, S session) {
    return new Position<>(flow, session, List.of(), List.of(), false);
  }

  /// Whether everything is known, and nothing lies over it.
  public boolean isDone() {
    return !left && overlays.isEmpty() && flow.open(session).isEmpty();
  }

  public Optional<Overlay<S>> top() {
    return overlays.isEmpty() ? Optional.empty() : Optional.of(overlays.getLast());
  }

  /// Where this is, in a word that differs from place to place.
  String place() {
    return top()
        .map(overlay -> "overlay " + overlay.name())
        .or(() -> flow.open(session).map(Flow.Entry::name))
        .orElse("");
  }

  /// What is to be shown.
  ///
  /// @throws IllegalStateException at the end
  public Page<S> page(Instant now) {
    return top()
        .map(overlay -> overlay.page(now))
        .or(() -> flow.open(session).map(entry -> entry.screen().apply(session)))
        .orElseThrow(() -> new IllegalStateException("There is nothing left to ask"));
  }

  /// Whether there is a question to go back to.
  public boolean canGoBack() {
    return top().isEmpty() && past.stream().anyMatch(this::asks);
  }

  /// After a step that needs nobody else.
  ///
  /// @throws IllegalArgumentException for one that does something in the world
  public Position<S> after(Step<S> step) {
    return switch (step) {
      case Step.Go<S> go -> moved(go.change().apply(session));
      case Step.Settle<S> settle ->
          new Position<>(flow, settle.change().apply(session), List.of(), uncovered(), left);
      case Step.Refuse<S> refuse -> this;
      case Step.Back<S> back -> before();
      case Step.Resume<S> resume -> new Position<>(flow, session, past, uncovered(), left);
      case Step.Interrupt<S> interrupt -> interrupted(interrupt.overlay());
      case Step.Leave<S> leave -> new Position<>(flow, session, past, overlays, true);
      case Step.Work<S> work -> throw doesSomething();
      case Step.Outside<S> outside -> throw doesSomething();
    };
  }

  private static IllegalArgumentException doesSomething() {
    return new IllegalArgumentException("A guide does this, and goes on with what comes of it");
  }

  private Position<S> moved(S next) {
    List<S> longer = new ArrayList<>(past);
    if (!next.equals(session)) {
      longer.add(session);
    }
    return new Position<>(
        flow,
        next,
        longer.subList(Math.max(0, longer.size() - MOST_PAST), longer.size()),
        uncovered(),
        left);
  }

  /// What passes by itself is passed on the way back, too.
  private Position<S> before() {
    for (int i = past.size() - 1; i >= 0; i--) {
      if (asks(past.get(i))) {
        return new Position<>(flow, past.get(i), past.subList(0, i), uncovered(), left);
      }
    }
    return new Position<>(flow, session, past, uncovered(), left);
  }

  private boolean asks(S earlier) {
    return flow.open(earlier)
        .filter(entry -> !(entry.screen().apply(earlier).ask() instanceof Page.Pass<S>))
        .isPresent();
  }

  private List<Overlay<S>> uncovered() {
    return overlays.isEmpty() ? overlays : overlays.subList(0, overlays.size() - 1);
  }

  /// With an interruption on top, or in place of the one of the same name.
  public Position<S> interrupted(Overlay<S> overlay) {
    List<Overlay<S>> all = new ArrayList<>(overlays);
    all.replaceAll(other -> other.name().equals(overlay.name()) ? overlay : other);
    if (!all.contains(overlay)) {
      all.add(overlay);
    }
    return new Position<>(flow, session, past, all, left);
  }

  /// Without an interruption whose reason is gone.
  public Position<S> withdrawn(String name) {
    return new Position<>(
        flow,
        session,
        past,
        overlays.stream().filter(overlay -> !overlay.name().equals(name)).toList(),
        left);
  }

  /// With something that was found out beside the flow, which is no answer and has no way back.
  public Position<S> learned(UnaryOperator<S> fact) {
    return new Position<>(
        flow, fact.apply(session), past.stream().map(fact).toList(), overlays, left);
  }
}
