package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.mesh.Brokers;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.accounts.AccountToken;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Signs this machine in: by a code that is approved in a browser, or with a token.
@Does(Effect.WRITE)
@Command(
    name = "login",
    description = "Sign in to an account of a broker that has accounts.",
    footer = {
      "",
      "Without --token it shows a code, which you approve in a browser on any machine.",
      "Example: claudemesh login --broker wss://mesh.example.org/ws"
    })
public final class LoginCommand extends DeviceCommand {
  @Option(
      names = "--token",
      paramLabel = "<token>",
      description =
          "Use this session or personal access token instead of a browser; - reads it from stdin.")
  private Optional<String> token = Optional.empty();

  public LoginCommand(Context context) {
    super(context);
  }

  @Override
  protected Answer answer() throws Exception {
    if (token.isEmpty()) {
      return byCode("To sign in", "");
    }
    URI url = Brokers.url(context.environment(), broker);
    AccountToken proof = SignedIn.token(text(), "--token");
    AccountReply.Profile me =
        AccountCommand.call(
            new SignedIn(proof, url, Optional.empty(), "--token"),
            new AccountRequest.ShowProfile());
    return saved(proof, url, me.user());
  }

  private String text() throws IOException {
    if (!token.orElseThrow().equals("-")) {
      return token.get();
    }
    String line =
        new BufferedReader(
                new InputStreamReader(context.environment().in(), StandardCharsets.UTF_8))
            .readLine();
    return line == null ? "" : line;
  }
}
