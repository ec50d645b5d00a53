package dev.claudemesh.cli.flow;

import java.util.Optional;

/// What somebody did on a page so far, before they answer it: where they point, what they typed.
/// Pure and immutable.
///
/// @param selected index of the choice that Enter takes
/// @param caret where typing goes on, counted in code points
/// @param refusal why the last answer would not do
record Hand(int selected, String typed, int caret, Optional<String> refusal) {
  private static final int LONGEST = 5_000;

  /// After a key.
  ///
  /// @param step what it leads to, if it answers the page
  record Pressed<S>(Hand hand, Optional<Step<S>> step) {}

  static Hand on(Page<?> page) {
    return switch (page.ask()) {
      case Page.Pick<?> pick -> new Hand(pick.preselected(), "", 0, Optional.empty());
      case Page.Type<?> type -> new Hand(0, "", 0, Optional.empty()).typed(type.initial());
      case Page.Pass<?> pass -> new Hand(0, "", 0, Optional.empty());
    };
  }

  private Hand typed(String text) {
    return new Hand(selected, text, text.codePointCount(0, text.length()), Optional.empty());
  }

  Hand refused(String why) {
    return new Hand(selected, typed, caret, Optional.of(why));
  }

  <S> Pressed<S> press(Key key, Page<S> page) {
    if (key == Key.Named.QUIT) {
      return new Pressed<>(this, Optional.of(new Step.Leave<>()));
    }
    if (key == Key.Named.ESCAPE) {
      return new Pressed<>(this, Optional.of(new Step.Back<>()));
    }
    return switch (page.ask()) {
      case Page.Pick<S> pick -> picking(key, pick);
      case Page.Type<S> type -> typing(key, type);
      case Page.Pass<S> pass -> new Pressed<>(this, Optional.empty());
    };
  }

  private <S> Pressed<S> picking(Key key, Page.Pick<S> pick) {
    int last = pick.choices().size() - 1;
    int now = Math.min(selected, last);
    return switch (key) {
      case Key.Named.UP -> at(now == 0 ? last : now - 1);
      case Key.Named.DOWN -> at(now == last ? 0 : now + 1);
      case Key.Named.HOME -> at(0);
      case Key.Named.END -> at(last);
      case Key.Named.ENTER -> new Pressed<>(this, Optional.of(pick.choices().get(now).step()));
      case Key.Text text -> at(beginning(text.text(), pick).orElse(now));
      default -> at(now);
    };
  }

  /// The next choice that begins with what was typed.
  private <S> Optional<Integer> beginning(String text, Page.Pick<S> pick) {
    int count = pick.choices().size();
    for (int i = 1; i <= count; i++) {
      int index = (selected + i) % count;
      String label = pick.choices().get(index).label();
      if (label.regionMatches(true, 0, text, 0, text.length())) {
        return Optional.of(index);
      }
    }
    return Optional.empty();
  }

  private <S> Pressed<S> at(int index) {
    return new Pressed<>(new Hand(index, typed, caret, Optional.empty()), Optional.empty());
  }

  private <S> Pressed<S> typing(Key key, Page.Type<S> type) {
    int length = typed.codePointCount(0, typed.length());
    return switch (key) {
      case Key.Named.LEFT -> line(typed, Math.max(0, caret - 1));
      case Key.Named.RIGHT -> line(typed, Math.min(length, caret + 1));
      case Key.Named.HOME, Key.Named.UP -> line(typed, 0);
      case Key.Named.END, Key.Named.DOWN -> line(typed, length);
      case Key.Named.BACKSPACE ->
          caret == 0 ? line(typed, 0) : line(part(0, caret - 1) + part(caret, length), caret - 1);
      case Key.Named.DELETE ->
          caret == length
              ? line(typed, caret)
              : line(part(0, caret) + part(caret + 1, length), caret);
      case Key.Named.CLEAR -> line("", 0);
      case Key.Named.ENTER -> new Pressed<>(this, Optional.of(type.then().apply(typed.strip())));
      case Key.Text text -> insert(text.text(), length);
      default -> line(typed, caret);
    };
  }

  /// Line ends of what was pasted are no answer, and control characters no text.
  private <S> Pressed<S> insert(String text, int length) {
    String clean = text.replaceAll("[\\p{Cntrl}]+", " ");
    if (typed.length() + clean.length() > LONGEST) {
      return line(typed, caret);
    }
    return line(
        part(0, caret) + clean + part(caret, length),
        caret + clean.codePointCount(0, clean.length()));
  }

  private <S> Pressed<S> line(String text, int at) {
    return new Pressed<>(new Hand(selected, text, at, Optional.empty()), Optional.empty());
  }

  private String part(int from, int to) {
    return typed.substring(typed.offsetByCodePoints(0, from), typed.offsetByCodePoints(0, to));
  }

  String beforeCaret() {
    return part(0, caret);
  }

  String afterCaret() {
    return part(caret, typed.codePointCount(0, typed.length()));
  }
}
