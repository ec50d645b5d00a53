package dev.claudemesh.cli.account;

import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.client.BrokerHttp;
import java.util.Optional;
import picocli.CommandLine.Option;

/// A command that calls a broker for an account.
abstract class AccountCommand extends CliCommand {
  @Option(
      names = "--token",
      paramLabel = "<token>",
      description =
          "Token to use; CLAUDEMESH_TOKEN if absent, else the one of claudemesh login. Others on"
              + " this machine can see what a command was started with.")
  protected Optional<String> token = Optional.empty();

  @Option(
      names = "--broker",
      paramLabel = "<url>",
      description = "Where the broker listens; the one you are signed in at if absent.")
  protected Optional<String> broker = Optional.empty();

  protected AccountCommand(Context context) {
    super(context);
  }

  protected SignedIn signedIn() {
    return SignedIn.require(context, token, broker);
  }

  protected static <R extends Reply> R call(SignedIn self, Request<R> request) {
    try (BrokerHttp http = new BrokerHttp(self.broker())) {
      return http.call(request, self.token());
    }
  }
}
