package dev.claudemesh.cli;

import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.config.ConfigFile;
import dev.claudemesh.protocol.config.ConfigFolder;
import java.time.InstantSource;

/// What every command gets: what it was started with, where it writes, the time, and whether it may
/// do what it does without asking.
public record Context(
    Environment environment, Terminal terminal, InstantSource clock, Consent consent) {
  public Context(Environment environment, Terminal terminal, InstantSource clock) {
    this(environment, terminal, clock, new Consent());
  }

  public ConfigFolder folder() {
    return ConfigFolder.of(environment.variables(), environment.home());
  }

  /// The member's memberships; what had to be mended on the way is told as a warning.
  public ConfigFile config() {
    return folder().config(terminal::warn);
  }
}
