package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.terminal.Icon;
import java.util.List;
import java.util.function.Function;

/// What one screen shows and asks. Says what, not how it is drawn. Texts of others are made
/// harmless where they are drawn.
///
/// @param rows what is known so far
/// @param text what a stranger has to know to answer
public record Page<S>(String title, List<Row> rows, List<String> text, Ask<S> ask) {
  public Page {
    rows = List.copyOf(rows);
    text = List.copyOf(text);
  }

  /// A fact, and how it stands.
  public record Row(String label, Icon icon, String value) {}

  /// What is asked.
  public sealed interface Ask<S> {}

  /// One of several.
  ///
  /// @param preselected index of the one that Enter takes
  public record Pick<S>(List<Choice<S>> choices, int preselected) implements Ask<S> {
    public Pick {
      choices = List.copyOf(choices);
    }
  }

  /// A line of text.
  ///
  /// @param initial stands there already, so that Enter takes it
  public record Type<S>(String label, String initial, Function<String, Step<S>> then)
      implements Ask<S> {}

  /// Nothing: it goes on by itself.
  public record Pass<S>(Step<S> step) implements Ask<S> {}

  /// What can be picked.
  ///
  /// @param note what it means, in a few words; may be empty
  public record Choice<S>(String label, String note, Step<S> step) {
    public Choice(String label, Step<S> step) {
      this(label, "", step);
    }
  }
}
