package dev.claudemesh.cli.install;

import java.util.Optional;

/// One change of a text: what stood somewhere, and what stands there now.
///
/// @param removed usually empty
record TextEdit(int at, String removed, String inserted) {

  String apply(String text) {
    return text.substring(0, at) + inserted + text.substring(at + removed.length());
  }

  /// The text as it was before, if what was inserted stands in it exactly once still.
  Optional<String> takeBack(String text) {
    if (inserted.isBlank()) {
      return Optional.empty();
    }
    int place = text.indexOf(inserted);
    if (place < 0 || text.indexOf(inserted, place + 1) >= 0) {
      return Optional.empty();
    }
    return Optional.of(
        text.substring(0, place) + removed + text.substring(place + inserted.length()));
  }
}
