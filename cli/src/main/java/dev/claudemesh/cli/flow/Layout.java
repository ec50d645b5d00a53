package dev.claudemesh.cli.flow;

import dev.claudemesh.cli.terminal.Columns;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.Line;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How a page looks: the one card, picker and list of facts of the program. Never larger than the
/// window; where that is small, the question is shown before what surrounds it. Pure.
final class Layout {
  private static final String INDENT = Cards.INDENT;
  private static final int WIDEST_TEXT = 76;
  private static final int FEWEST_CHOICES = 3;

  /// In a narrower window a choice has to do without its note.
  private static final int NARROWEST_NOTE = 60;

  private final Terminal look;
  private final int width;
  private final int height;

  Layout(Terminal look, int width, int height) {
    this.look = look;
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  /// A drawn page.
  ///
  /// @param cursor where typing goes on, if something is typed
  record Frame(List<String> lines, Optional<Cursor> cursor) {}

  /// A place on the screen, from 0.
  record Cursor(int row, int column) {}

  /// @param icon of an interruption
  /// @param doing what is waited for, in place of the question
  /// @param canGoBack whether Escape leads anywhere
  record Around(
      Optional<Icon> icon, Optional<String> doing, Optional<String> banner, boolean canGoBack) {}

  /// What surrounds a question in a window of this size.
  private record Surroundings(List<Line> head, List<Line> tail) {
    int size() {
      return head.size() + tail.size();
    }
  }

  Frame frame(Page<?> page, Hand hand, Around around) {
    int wanted = question(page, hand, around, Integer.MAX_VALUE).lines.size();
    List<Surroundings> all = surroundings(page, around);
    Surroundings fitting =
        all.stream()
            .filter(some -> some.size() + wanted <= height)
            .findFirst()
            .orElse(all.getLast());
    Question question = question(page, hand, around, height - fitting.size());
    int room = Math.max(0, height - question.lines.size() - fitting.tail.size());
    int head = Math.min(room, fitting.head.size());
    List<Line> lines = new ArrayList<>(fitting.head.subList(0, head));
    lines.addAll(question.lines);
    lines.addAll(fitting.tail);
    return new Frame(
        lines.stream().limit(height).map(line -> line.shown(look, width)).toList(),
        question.cursor.map(at -> new Cursor(head + at.row(), at.column())));
  }

  /// From all to little. An interruption keeps its reason; a question keeps its facts before words
  /// about it.
  private List<Surroundings> surroundings(Page<?> page, Around around) {
    List<Line> tail = new ArrayList<>(List.of(Line.of()));
    around.banner().ifPresent(text -> tail.add(banner(text)));
    tail.add(keys(page, around));
    List<Line> nothing = List.of();
    return around.icon().isPresent()
        ? List.of(
            new Surroundings(head(page, around, true, true), tail),
            new Surroundings(head(page, around, true, true), nothing))
        : List.of(
            new Surroundings(head(page, around, true, true), tail),
            new Surroundings(head(page, around, true, false), tail),
            new Surroundings(head(page, around, true, false), nothing),
            new Surroundings(head(page, around, false, false), nothing));
  }

  private record Question(List<Line> lines, Optional<Cursor> cursor) {}

  private List<Line> head(Page<?> page, Around around, boolean facts, boolean words) {
    List<Line> head = new ArrayList<>();
    Line title = Cards.brand(look);
    around.icon().ifPresent(icon -> title.add(icon, look).add(" "));
    head.add(title.add(Style.STRONG, page.title()));
    if (facts) {
      head.addAll(Cards.rows(page.rows(), look));
    }
    if (words && !page.text().isEmpty()) {
      head.add(Line.of());
      page.text()
          .forEach(text ->
              Columns.wrap(SafeText.line(text), textWidth())
                  .forEach(line -> head.add(Line.of(INDENT + line))));
    }
    head.add(Line.of());
    return head;
  }

  private Question doing(String what) {
    return new Question(
        List.of(Line.of(INDENT).add(Icon.RUN, look).add(" " + what + " " + Icon.ELLIPSIS.in(look))),
        Optional.empty());
  }

  private Question question(Page<?> page, Hand hand, Around around, int room) {
    if (around.doing().isPresent()) {
      return doing(around.doing().get());
    }
    return switch (page.ask()) {
      case Page.Pick<?> pick -> new Question(choices(pick, hand, room), Optional.empty());
      case Page.Type<?> type -> input(type, hand);
      case Page.Pass<?> pass -> new Question(List.of(), Optional.empty());
    };
  }

  /// Where not all fit, those around the selected one.
  private List<Line> choices(Page.Pick<?> pick, Hand hand, int room) {
    int count = pick.choices().size();
    int selected = Math.min(hand.selected(), count - 1);
    int shown = Math.min(count, Math.max(FEWEST_CHOICES, room));
    int from = Math.clamp(selected - shown / 2, 0, count - shown);
    int label =
        pick.choices().stream()
            .filter(choice -> !choice.note().isEmpty())
            .mapToInt(choice -> Columns.of(SafeText.line(choice.label())))
            .max()
            .orElse(0);
    List<Line> lines = new ArrayList<>();
    for (int i = from; i < from + shown; i++) {
      Page.Choice<?> choice = pick.choices().get(i);
      Line line = Line.of(INDENT);
      if (i == selected) {
        line.add(Icon.NEXT, look);
      } else {
        boolean more = i == from && from > 0 || i == from + shown - 1 && i < count - 1;
        line.add(Style.MUTED, more ? Icon.MORE.in(look) : " ");
      }
      line.add(i == selected ? Style.CHOSEN : null, " " + choice.label());
      if (!choice.note().isEmpty() && width >= NARROWEST_NOTE) {
        line.add(
            Style.MUTED,
            " ".repeat(label - Columns.of(SafeText.line(choice.label())) + 3) + choice.note());
      }
      lines.add(line);
    }
    hand.refusal().ifPresent(why -> lines.add(refusal(why)));
    return lines;
  }

  /// A line that is longer than the window is shown around the caret.
  private Question input(Page.Type<?> type, Hand hand) {
    List<Line> lines = new ArrayList<>();
    lines.add(Line.of(INDENT).add(Style.STRONG, type.label()));
    int room = Math.max(1, width - INDENT.length() - 3);
    String before = SafeText.line(hand.beforeCaret());
    while (Columns.of(before) > room) {
      before = before.substring(before.offsetByCodePoints(0, 1));
    }
    lines.add(
        Line.of(INDENT).add(Icon.NEXT, look).add(" " + before + SafeText.line(hand.afterCaret())));
    Cursor cursor = new Cursor(1, INDENT.length() + 2 + Columns.of(before));
    hand.refusal()
        .ifPresent(why ->
            Columns.wrap(SafeText.line(why), textWidth() - 2)
                .forEach(line -> lines.add(refusal(line))));
    return new Question(lines, Optional.of(cursor));
  }

  private Line refusal(String why) {
    return Line.of(INDENT).add(Style.ERROR, why);
  }

  private Line banner(String text) {
    return Line.of(INDENT).add(Icon.DOT, look).add(Style.WARNING, " " + text);
  }

  private Line keys(Page<?> page, Around around) {
    String arrows = look.unicode() ? "↑↓" : "up/down";
    List<String> keys = new ArrayList<>();
    if (around.doing().isEmpty()) {
      if (page.ask() instanceof Page.Pick<?> pick && pick.choices().size() > 1) {
        keys.add(arrows + " choose");
      }
      keys.add("Enter take");
      if (around.canGoBack()) {
        keys.add("Esc back");
      }
    }
    keys.add("Ctrl-C leave");
    String all = String.join("   ", keys);
    while (keys.size() > 1 && Columns.of(INDENT + all) > width) {
      all = String.join("  ", keys);
      keys.removeFirst();
    }
    return Line.of(INDENT).add(Style.MUTED, all);
  }

  private int textWidth() {
    return Math.clamp(width - INDENT.length(), 8, WIDEST_TEXT);
  }
}
