package dev.claudemesh.cli;

import dev.claudemesh.cli.policy.AskBefore;
import java.util.Optional;

/// What one run was told about asking: by `--approval-mode`, and by the policy.
public final class Consent {
  private Optional<AskBefore> mode = Optional.empty();
  private boolean given;
  private boolean needed;

  /// What `--approval-mode` said.
  public Optional<AskBefore> mode() {
    return mode;
  }

  void mode(AskBefore said) {
    mode = Optional.of(said);
  }

  /// The policy allows the command: it need not ask by itself.
  public void give() {
    given = true;
  }

  boolean given() {
    return given;
  }

  /// The policy wants the command to ask, also where it would not in a script.
  public void need() {
    needed = true;
  }

  boolean needed() {
    return needed;
  }
}
