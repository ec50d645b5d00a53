package dev.claudemesh.cli.install;

import java.util.List;
import java.util.Optional;

/// A value of a JSON text and where it stands in it.
sealed interface JsonPlace {
  /// Where its first character stands.
  int start();

  /// Where the character after its last one stands.
  int end();

  /// `{…}`
  record Fields(int start, int end, List<Field> fields) implements JsonPlace {
    /// The last field of that name: the one that counts.
    Optional<Field> field(String name) {
      return fields.reversed().stream().filter(field -> field.name().equals(name)).findFirst();
    }
  }

  /// `[…]`
  record Items(int start, int end, List<JsonPlace> items) implements JsonPlace {}

  /// A text, without its quotes and escapes.
  record Text(int start, int end, String value) implements JsonPlace {}

  /// A number, `true`, `false` or `null`.
  record Word(int start, int end) implements JsonPlace {}

  /// One field of an object.
  ///
  /// @param start where the quote of its name stands
  record Field(int start, String name, JsonPlace value) {}
}
