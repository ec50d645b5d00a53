package dev.claudemesh.cli.flow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.claudemesh.cli.flow.Page.Choice;
import dev.claudemesh.cli.flow.Page.Row;
import dev.claudemesh.cli.terminal.Columns;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LayoutTest {
  private static final Layout.Around NOTHING =
      new Layout.Around(Optional.empty(), Optional.empty(), Optional.of("An update"), true);

  @Test
  void nothing_is_larger_than_the_window_and_the_selected_choice_is_always_in_it() {
    long first = Long.getLong("seed", System.nanoTime());
    for (int run = 0; run < 500; run++) {
      Random random = new Random(first + run);
      int width = 1 + random.nextInt(120);
      int height = 1 + random.nextInt(40);
      int selected = random.nextInt(30);
      Page<String> page = page(random, 30, selected);
      Layout.Frame frame =
          new Layout(terminal("C.UTF-8"), width, height).frame(page, Hand.on(page), NOTHING);
      assertThat(frame.lines().size()).as("-Dseed=" + (first + run)).isLessThanOrEqualTo(height);
      assertThat(frame.lines())
          .as("-Dseed=" + (first + run))
          .allSatisfy(line -> {
            assertThat(line.replaceAll("\u001b\\[[0-9;]*m", "")).doesNotContain("\u001b");
            assertThat(Columns.of(line.replaceAll("\u001b\\[[0-9;]*m", "")))
                .isLessThanOrEqualTo(width);
          });
      if (height >= 3 && width >= 20) {
        assertThat(frame.lines())
            .as("-Dseed=" + (first + run))
            .anyMatch(line -> line.contains("▸") && line.contains("choice " + selected));
      }
    }
  }

  @Test
  void the_cursor_stands_behind_what_was_typed_also_where_that_is_longer_than_the_window() {
    Page<String> page =
        new Page<>(
            "Join",
            List.of(),
            List.of(),
            new Page.Type<>("Link", "http://example.test/i/" + "A".repeat(90), _ -> null));

    Layout.Frame frame =
        new Layout(terminal("C.UTF-8"), 40, 10).frame(page, Hand.on(page), NOTHING);

    assertThat(frame.cursor())
        .hasValueSatisfying(at -> {
          assertThat(at.column()).isEqualTo(39);
          assertThat(frame.lines().get(at.row())).contains("▸").endsWith("AAAA");
        });
  }

  @Test
  void without_unicode_everything_is_ascii() {
    Page<String> page = page(new Random(3), 3, 0);
    assertThat(new Layout(terminal("C"), 80, 24).frame(page, Hand.on(page), NOTHING).lines())
        .allSatisfy(line -> assertThat(line).matches("[\\x20-\\x7e\u001b]*"));
  }

  private static Page<String> page(Random random, int choices, int selected) {
    List<Row> rows = new ArrayList<>();
    for (int i = random.nextInt(9); i > 0; i--) {
      rows.add(new Row("Label " + i, Icon.GOOD, "日本 \u001b[31m" + "x".repeat(random.nextInt(99))));
    }
    List<Choice<String>> all = new ArrayList<>();
    for (int i = 0; i < choices; i++) {
      all.add(
          new Choice<>("choice " + i + " ", "é".repeat(random.nextInt(50)), new Step.Leave<>()));
    }
    return new Page<>(
        "Title",
        rows,
        List.of("A text of some words. ".repeat(random.nextInt(9)).strip()),
        new Page.Pick<>(all, selected % choices));
  }

  private static Terminal terminal(String locale) {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new Terminal(nowhere, nowhere, true, Map.of("LANG", locale, "COLUMNS", "80"));
  }
}
