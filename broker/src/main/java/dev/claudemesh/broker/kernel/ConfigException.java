package dev.claudemesh.broker.kernel;

import java.io.Serial;
import java.util.List;

/// The settings cannot be used as they are written. Tells all mistakes at once, so that nobody has
/// to mend them one start at a time.
public final class ConfigException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1;

  private final transient List<String> mistakes;

  public ConfigException(List<String> mistakes) {
    super(message(mistakes), null, false, false);
    this.mistakes = List.copyOf(mistakes);
  }

  public List<String> mistakes() {
    return mistakes;
  }

  private static String message(List<String> mistakes) {
    String head =
        mistakes.size() == 1 ? "One setting is wrong:" : mistakes.size() + " settings are wrong:";
    return head + "\n  - " + String.join("\n  - ", mistakes);
  }
}
