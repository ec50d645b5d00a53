package dev.claudemesh.cli.terminal;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;
import java.util.ArrayList;
import java.util.List;

/// A text as a QR code for the camera of a phone: two rows of it in a line of half blocks, or two
/// columns for each of its cells where the terminal has no such signs.
///
/// In colours it is black on white whatever the terminal looks like. Without colours nobody knows
/// which of the two a letter is; then it is drawn for a dark screen.
public final class QrCode {
  /// Cells of white around it, without which a camera does not find it.
  static final int QUIET = 4;

  private final ByteMatrix cells;

  private QrCode(ByteMatrix cells) {
    this.cells = cells;
  }

  /// @param text at most some 2000 characters of ASCII
  public static QrCode of(String text) {
    try {
      return new QrCode(Encoder.encode(text, ErrorCorrectionLevel.L).getMatrix());
    } catch (WriterException e) {
      throw new IllegalArgumentException(
          "A text of " + text.length() + " characters is no QR code");
    }
  }

  /// The lines that draw it, or the one that says why it cannot be drawn here.
  public List<String> lines(Terminal terminal) {
    int columns = (cells.getWidth() + 2 * QUIET) * (terminal.unicode() ? 1 : 2);
    if (columns > terminal.width()) {
      return List.of(
          "  The terminal is too narrow for a QR code: it takes "
              + columns
              + " columns, and there are "
              + terminal.width());
    }
    List<String> lines = new ArrayList<>();
    int step = terminal.unicode() ? 2 : 1;
    for (int y = -QUIET; y < cells.getHeight() + QUIET; y += step) {
      lines.add(terminal.in(Style.PAPER, line(y, terminal)));
    }
    return lines;
  }

  private String line(int y, Terminal terminal) {
    StringBuilder line = new StringBuilder();
    for (int x = -QUIET; x < cells.getWidth() + QUIET; x++) {
      boolean upper = isDark(x, y) == terminal.coloured();
      boolean lower = isDark(x, y + 1) == terminal.coloured();
      line.append(terminal.unicode() ? half(upper, lower) : upper ? "##" : "  ");
    }
    return line.toString();
  }

  private static String half(boolean upper, boolean lower) {
    if (upper) {
      return lower ? "█" : "▀";
    }
    return lower ? "▄" : " ";
  }

  private boolean isDark(int x, int y) {
    return x >= 0
        && y >= 0
        && x < cells.getWidth()
        && y < cells.getHeight()
        && cells.get(x, y) == 1;
  }
}
