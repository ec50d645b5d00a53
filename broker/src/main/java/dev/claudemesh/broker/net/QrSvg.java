package dev.claudemesh.broker.net;

import com.google.zxing.WriterException;
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel;
import com.google.zxing.qrcode.encoder.ByteMatrix;
import com.google.zxing.qrcode.encoder.Encoder;

/// A text as a QR code on a page, black on white whatever the page looks like.
final class QrSvg {
  /// Cells of white around it, without which a camera does not find it.
  private static final int QUIET = 4;

  private QrSvg() {}

  /// @param text a link; at most some 2000 characters
  /// @param name what it is, for who does not see it; escaped
  static String of(String text, String name) {
    ByteMatrix cells;
    try {
      cells = Encoder.encode(text, ErrorCorrectionLevel.M).getMatrix();
    } catch (WriterException e) {
      return ""; // the link itself stands beside it
    }
    int side = cells.getWidth() + 2 * QUIET;
    StringBuilder path = new StringBuilder();
    for (int y = 0; y < cells.getHeight(); y++) {
      for (int x = 0; x < cells.getWidth(); x++) {
        if (cells.get(x, y) == 1) {
          path.append('M').append(x + QUIET).append(' ').append(y + QUIET).append("h1v1h-1z");
        }
      }
    }
    return "<svg class=\"qr\" role=\"img\" aria-label=\""
        + name
        + "\" viewBox=\"0 0 "
        + side
        + " "
        + side
        + "\" shape-rendering=\"crispEdges\"><rect width=\""
        + side
        + "\" height=\""
        + side
        + "\" fill=\"#fff\"/><path d=\""
        + path
        + "\" fill=\"#000\"/></svg>";
  }
}
