package dev.claudemesh.mcp;

import java.util.Arrays;

/// Looks into messages without reading them.
final class Bytes {
  private Bytes() {}

  static boolean contains(byte[] text, byte[] word) {
    for (int start = 0; start <= text.length - word.length; start++) {
      if (Arrays.equals(text, start, start + word.length, word, 0, word.length)) {
        return true;
      }
    }
    return false;
  }
}
