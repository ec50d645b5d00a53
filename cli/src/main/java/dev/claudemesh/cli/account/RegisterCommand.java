package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.protocol.Operation.Effect;
import picocli.CommandLine.Command;

/// Makes an account on the broker's page, and signs this machine in to it.
@Does(Effect.WRITE)
@Command(
    name = "register",
    description = "Make an account on a broker that has accounts, and sign in.",
    footer = {"", "The page in your browser makes the account; approve the code there."})
public final class RegisterCommand extends DeviceCommand {
  public RegisterCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() throws Exception {
    return byCode("To make an account and sign in", "&way=register");
  }
}
