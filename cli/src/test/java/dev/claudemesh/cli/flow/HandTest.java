package dev.claudemesh.cli.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.flow.Page.Choice;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HandTest {
  private final Page<String> fruit =
      new Page<>(
          "Fruit",
          List.of(),
          List.of(),
          new Page.Pick<>(
              Stream.of("apple", "banana", "blackberry", "cherry")
                  .map(name -> new Choice<String>(name, new Step.Go<>(_ -> name)))
                  .toList(),
              1));
  private final Page<String> line =
      new Page<>(
          "Line",
          List.of(),
          List.of(),
          new Page.Type<>(
              "Text",
              "né 日本",
              text -> text.isEmpty() ? new Step.Refuse<>("empty") : new Step.Go<>(_ -> text)));

  @Test
  void enter_takes_what_is_preselected() {
    assertThat(taken(fruit, Key.Named.ENTER)).isEqualTo("banana");
    assertThat(taken(line, Key.Named.ENTER)).isEqualTo("né 日本");
  }

  @Test
  void arrows_go_round_and_letters_go_to_the_next_that_begins_so() {
    assertThat(taken(fruit, Key.Named.UP, Key.Named.UP, Key.Named.ENTER)).isEqualTo("cherry");
    assertThat(taken(fruit, Key.Named.END, Key.Named.DOWN, Key.Named.ENTER)).isEqualTo("apple");
    assertThat(taken(fruit, new Key.Text("B"), Key.Named.ENTER)).isEqualTo("blackberry");
    assertThat(taken(fruit, new Key.Text("b"), new Key.Text("b"), Key.Named.ENTER))
        .isEqualTo("banana");
    assertThat(taken(fruit, new Key.Text("x"), Key.Named.ENTER)).isEqualTo("banana");
  }

  @Test
  void a_line_is_edited_by_signs_not_by_halves_of_them() {
    assertThat(taken(line, Key.Named.BACKSPACE, Key.Named.ENTER)).isEqualTo("né 日");
    assertThat(
            taken(
                line,
                Key.Named.CLEAR,
                new Key.Text("👍a"),
                Key.Named.LEFT,
                Key.Named.BACKSPACE,
                new Key.Text("b"),
                Key.Named.ENTER))
        .isEqualTo("ba");
    assertThat(taken(line, Key.Named.HOME, Key.Named.DELETE, Key.Named.ENTER)).isEqualTo("é 日本");
    assertThat(taken(line, Key.Named.END, Key.Named.DELETE, Key.Named.RIGHT, Key.Named.ENTER))
        .isEqualTo("né 日本");
  }

  @Test
  void what_is_pasted_is_one_line_and_answers_nothing() {
    assertThat(
            taken(
                line,
                Key.Named.CLEAR,
                new Key.Text(" http://x/i/A\r\nB\u001b[A "),
                Key.Named.ENTER))
        .isEqualTo("http://x/i/A B [A");
  }

  @Test
  void an_answer_that_will_not_do_stays_to_be_mended() {
    Hand hand = Hand.on(line);
    hand = hand.press(Key.Named.CLEAR, line).hand();
    Hand.Pressed<String> pressed = hand.press(Key.Named.ENTER, line);
    assertThat(pressed.step()).contains(new Step.Refuse<>("empty"));
  }

  private static String taken(Page<String> page, Key... keys) {
    Hand hand = Hand.on(page);
    for (Key key : keys) {
      Hand.Pressed<String> pressed = hand.press(key, page);
      if (pressed.step().isPresent()) {
        return ((Step.Go<String>) pressed.step().get()).change().apply("");
      }
      hand = pressed.hand();
    }
    throw new AssertionError("nothing was taken");
  }
}
