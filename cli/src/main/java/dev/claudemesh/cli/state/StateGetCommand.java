package dev.claudemesh.cli.state;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Link;
import dev.claudemesh.cli.mesh.MeshCommand;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.config.Membership;
import dev.claudemesh.protocol.state.StateReply.Result;
import dev.claudemesh.protocol.state.StateRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// The value of a key and nothing else, so that a script can use it as it is.
@Does(Effect.READ)
@Command(name = "get", description = "Print the shared value of a key.")
public final class StateGetCommand extends MeshCommand {
  @Parameters(index = "0", paramLabel = "<key>", description = "Name of the value.")
  private String key;

  public StateGetCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() {
    Membership member = membership();
    try (Link link = Link.open(context, member)) {
      Result result = link.ask(new StateRequest.Get(key));
      if (result.version().isEmpty()) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND,
            "Nobody has set \"" + key + "\" on " + member.slug() + "; see claudemesh state list");
      }
      return Answer.of(result)
          .line(
              SafeText.body(
                  result.value().isString()
                      ? result.value().stringValue()
                      : result.value().toString()));
    }
  }
}
