package dev.claudemesh.cli.launch;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.terminal.Terminal;
import dev.claudemesh.protocol.Wire;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/// Whether who typed `-y` knows what that does. Asked once at a terminal, and kept in the config;
/// in a script it was read by whoever wrote it.
final class Understood {
  private static final String SETTING = "understoodSkippingPermissions";

  private Understood() {}

  /// Returns if permissions are not skipped, or that is understood.
  ///
  /// @throws CommandFailure `cancelled` if it is not
  static void check(Context context, boolean skipsPermissions) throws IOException {
    Terminal terminal = context.terminal();
    if (!skipsPermissions
        || !terminal.interactive()
        || context
            .config()
            .read()
            .value(SETTING)
            .filter(value -> value.asBoolean(false))
            .isPresent()) {
      return;
    }
    terminal.warn("-y lets claude run commands and change files without asking you, also when a");
    terminal.talk("  message of another member leads it to. Only where that does no harm.");
    terminal.err().print("  Type yes if that is what you want; it is not asked again: ");
    terminal.err().flush();
    String answer =
        new BufferedReader(
                new InputStreamReader(context.environment().in(), StandardCharsets.UTF_8))
            .readLine();
    if (answer == null || !answer.strip().equalsIgnoreCase("yes")) {
      throw new CommandFailure(
          ExitCode.CANCELLED, "Nothing was started. Without -y, claude asks before it acts.");
    }
    context
        .config()
        .update(config ->
            config.withSetting(SETTING, Wire.mapper().getNodeFactory().booleanNode(true)));
  }
}
