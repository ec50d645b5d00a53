package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.terminal.Terminal;
import java.util.Optional;

/// Who leads through a flow here.
public final class Guides {
  private Guides() {}

  /// Screens where there is a terminal that can show them, numbered questions on any other.
  public static <S> Guide<S> somebodyThere(Context context, Watch<S> watch) {
    Terminal terminal = context.terminal();
    Optional<Window> window =
        terminal.drawsScreens() ? Window.open(terminal.out()) : Optional.empty();
    return window
        .<Guide<S>>map(found -> new ScreenGuide<>(found, terminal, context.clock(), watch))
        .orElseGet(
            () -> new QuestionGuide<>(terminal, context.environment().in(), context.clock()));
  }

  /// Nobody can be asked, or wants to be.
  public static <S> Guide<S> nobodyThere() {
    return new UnattendedGuide<>();
  }
}
