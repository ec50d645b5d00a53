package dev.claudemesh.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void a_name_can_neither_colour_move_hide_nor_begin_a_line() {
    assertThat(SafeText.line("\u001b[31mred\u001b[0m\r\nnext\u0007\u009b2J"))
        .isEqualTo("␛[31mred␛[0m␍␊next␇\uFFFD2J");
    assertThat(SafeText.line("a\u202Eb\u2066c\u200Bd\u200Fe")).isEqualTo("a\uFFFDb\uFFFDcd\uFFFDe");
    assertThat(SafeText.line("tab\there")).isEqualTo("tab␉here");
  }

  @Test
  void a_body_keeps_its_lines_and_tabs_and_every_language() {
    assertThat(SafeText.body("a\r\nb\tc\n日本 🎉 👨‍👩‍👧 مرحبا"))
        .isEqualTo("a\nb\tc\n日本 🎉 👨‍👩‍👧 مرحبا");
    assertThat(SafeText.body("a\rb")).isEqualTo("a␍b");
  }

  @Test
  void no_text_of_others_reaches_the_terminal_with_a_control_character() {
    Random random = new Random(42);
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      random.ints(30, 0, 0x2100).forEach(text::appendCodePoint);
      assertThat(SafeText.line(text.toString()).chars().noneMatch(c -> Character.isISOControl(c)))
          .isTrue();
    }
  }

  @Test
  void a_row_is_never_wider_than_the_terminal() {
    Terminal terminal = terminal(true, Map.of("COLUMNS", "60", "LANG", "C.UTF-8"));
    Table table = Table.of("NAME", "DOING").row("日本語の名前", "x".repeat(200)).row("ana", "short");

    List<String> lines = table.lines(terminal);

    assertThat(lines)
        .allSatisfy(line ->
            assertThat(Columns.of(line.replaceAll("\u001b\\[[0-9;]*m", "")))
                .isLessThanOrEqualTo(60));
    assertThat(lines.get(1)).contains("日本語の名前").endsWith("…");
    assertThat(lines.get(2)).contains("ana           short");
  }

  @Test
  void in_a_pipe_nothing_is_cut_or_coloured() {
    Terminal terminal = terminal(false, Map.of("COLUMNS", "60"));
    String cell = "x".repeat(200);

    assertThat(Table.of("A").row(Style.ERROR, cell).lines(terminal)).containsExactly("A", cell);
  }

  @Test
  void colours_are_for_terminals_whose_user_did_not_say_no() {
    assertThat(terminal(true, Map.of()).in(Style.ERROR, "x")).isEqualTo("\u001b[31mx\u001b[0m");
    assertThat(terminal(true, Map.of("NO_COLOR", "1")).in(Style.ERROR, "x")).isEqualTo("x");
    assertThat(terminal(true, Map.of("TERM", "dumb")).in(Style.ERROR, "x")).isEqualTo("x");
    assertThat(terminal(false, Map.of()).in(Style.ERROR, "x")).isEqualTo("x");
  }

  @Test
  void icons_have_a_plain_form() {
    assertThat(terminal(false, Map.of("LANG", "C")).icon(Icon.GOOD)).isEqualTo("+");
    assertThat(terminal(false, Map.of("LANG", "de_DE.UTF-8")).icon(Icon.GOOD)).isEqualTo("✔");
    assertThat(terminal(false, Map.of("LANG", "de_DE.utf8")).icon(Icon.GOOD)).isEqualTo("✔");
    assertThat(terminal(false, Map.of("LANG", "de_DE@euro")).icon(Icon.GOOD)).isEqualTo("+");
    assertThat(terminal(false, Map.of("LC_ALL", "", "LC_CTYPE", "C", "LANG", "C.UTF-8")).unicode())
        .as("the first that is set counts")
        .isFalse();
    assertThat(terminal(false, Map.of()).unicode()).as("no locale is the C locale").isFalse();
  }

  @Test
  void screens_are_drawn_only_where_the_kind_of_terminal_is_known_and_somebody_looks() {
    assertThat(terminal(true, Map.of("TERM", "xterm")).drawsScreens()).isTrue();
    assertThat(terminal(true, Map.of("TERM", "dumb")).drawsScreens()).isFalse();
    assertThat(terminal(true, Map.of()).drawsScreens()).isFalse();
    assertThat(terminal(false, Map.of("TERM", "xterm")).drawsScreens()).isFalse();
  }

  @Test
  void a_line_of_pieces_is_cut_to_any_width_before_it_is_coloured() {
    Terminal terminal = terminal(true, Map.of("LANG", "C.UTF-8"));
    Line line = Line.of("ab").add(Style.ERROR, "日本").add("c\u001b[31m");

    for (int width = 1; width < 20; width++) {
      String plain = line.shown(terminal, width).replaceAll("\u001b\\[[0-9;]*m", "");
      assertThat(Columns.of(plain)).isLessThanOrEqualTo(width);
      assertThat(plain).doesNotContain("\u001b");
      assertThat(plain.endsWith("…")).as(plain).isEqualTo(width < line.columns());
    }
    assertThat(line.shown(terminal(true, Map.of("LANG", "C")), 5))
        .isEqualTo("ab\u001b[31m?~\u001b[0m");
  }

  @Test
  void talk_fits_the_window_and_links_stay_whole() {
    Terminal terminal = terminal(true, Map.of("COLUMNS", "40"));
    String link = "http://127.0.0.1:7900/i/ABCD2345#abcdefghijklmnop";

    assertThat(terminal.fitted("  Take it with the words that stand here: claudemesh " + link, 0))
        .containsExactly("  Take it with the words that stand", "  here: claudemesh", "  " + link);
    assertThat(terminal.fitted("two  blanks\n  a line that is too long for the window, says it", 2))
        .containsExactly("two  blanks", "  a line that is too long for the", "    window, says it");
    assertThat(terminal(false, Map.of("COLUMNS", "40")).fitted("x ".repeat(50), 0)).hasSize(1);
  }

  @Test
  void words_are_kept_whole_where_they_fit() {
    assertThat(Columns.wrap("a broker carries messages", 10))
        .containsExactly("a broker", "carries", "messages");
    assertThat(Columns.wrap("claudemesh", 4)).containsExactly("clau", "deme", "sh");
    assertThat(Columns.wrap("", 4)).containsExactly("");
  }

  private static Terminal terminal(boolean interactive, Map<String, String> variables) {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return new Terminal(nowhere, nowhere, interactive, variables);
  }
}
