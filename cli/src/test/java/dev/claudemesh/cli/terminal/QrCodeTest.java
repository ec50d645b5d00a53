package dev.claudemesh.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QrCodeTest {
  private static final String LINK = "https://mesh.of.example.org/i/ABCD2345#Zx9_-kQ2mV7aL0pR";

  @Test
  void a_camera_reads_what_a_coloured_terminal_shows() throws Exception {
    List<String> lines = lines(Map.of("LANG", "C.UTF-8", "COLUMNS", "80"));

    assertThat(lines).allSatisfy(line -> assertThat(line).startsWith("\u001b[38;5;16;48;5;231m"));
    assertThat(read(halves(plain(lines), true))).isEqualTo(LINK);
  }

  @Test
  void without_colours_it_is_drawn_for_a_dark_screen() throws Exception {
    List<String> lines = lines(Map.of("LANG", "C.UTF-8", "COLUMNS", "80", "NO_COLOR", "1"));

    assertThat(lines.getFirst()).startsWith("██");
    assertThat(read(halves(lines, false))).isEqualTo(LINK);
  }

  @Test
  void a_terminal_without_such_signs_gets_ascii() throws Exception {
    List<String> lines = lines(Map.of("LANG", "C", "COLUMNS", "100"));

    assertThat(String.join("", plain(lines))).matches("[# ]+");
    List<String> cells = plain(lines).stream().map(line -> line.replaceAll("(.).", "$1")).toList();
    assertThat(read(matrix(cells.size(), (x, y) -> cells.get(y).charAt(x) == '#'))).isEqualTo(LINK);
  }

  @Test
  void a_terminal_that_is_too_narrow_is_told_so() {
    assertThat(lines(Map.of("LANG", "C.UTF-8", "COLUMNS", "40")))
        .containsExactly(
            "  The terminal is too narrow for a QR code: it takes 41 columns, and there are 40");
    assertThat(lines(Map.of("LANG", "C.UTF-8", "COLUMNS", "41"))).hasSizeGreaterThan(10);
  }

  private static List<String> lines(Map<String, String> variables) {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    return QrCode.of(LINK).lines(new Terminal(nowhere, nowhere, true, variables));
  }

  private static List<String> plain(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll("\u001b\\[[0-9;]*m", "")).toList();
  }

  private interface Cell {
    boolean isDark(int x, int y);
  }

  /// Without the white around it.
  private static BitMatrix matrix(int all, Cell cell) {
    int size = all - 2 * QrCode.QUIET;
    BitMatrix matrix = new BitMatrix(size);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        if (cell.isDark(x + QrCode.QUIET, y + QrCode.QUIET)) {
          matrix.set(x, y);
        }
      }
    }
    return matrix;
  }

  private static BitMatrix halves(List<String> lines, boolean inkIsDark) {
    return matrix(
        lines.getFirst().length(),
        (x, y) -> {
          char sign = lines.get(y / 2).charAt(x);
          boolean ink = sign == '█' || sign == (y % 2 == 0 ? '▀' : '▄');
          return ink == inkIsDark;
        });
  }

  private static String read(BitMatrix matrix) throws Exception {
    return new Decoder().decode(matrix).getText();
  }
}
