package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.terminal.Icon;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// An interruption: it lies over the flow, which does not know of it, until it is answered or its
/// reason is gone. Pure.
///
/// @param name there is at most one of a name; a newer one takes its place
/// @param again what happens by itself, if something does
public record Overlay<S>(
    String name,
    Icon icon,
    String title,
    List<String> text,
    Optional<Countdown<S>> again,
    List<Page.Choice<S>> choices) {

  /// What happens by itself at a time.
  ///
  /// @param words what it is, such as `Trying again`
  /// @param step empty if whoever told of the interruption does it
  public record Countdown<S>(String words, Instant at, Optional<Step<S>> step) {
    String at(Instant now) {
      long seconds = Math.max(0, Duration.between(now, at).plusMillis(999).toSeconds());
      return words + " in " + seconds + " s";
    }
  }

  public Overlay {
    text = List.copyOf(text);
    choices = List.copyOf(choices);
  }

  Page<S> page(Instant now) {
    List<String> all = new ArrayList<>(text);
    again.ifPresent(countdown -> all.add(countdown.at(now)));
    return new Page<>(title, List.of(), all, new Page.Pick<>(choices, 0));
  }
}
