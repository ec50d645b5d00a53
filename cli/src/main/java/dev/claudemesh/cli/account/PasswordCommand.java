package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.HiddenInput;
import dev.claudemesh.cli.mesh.Brokers;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.CodeRequest;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.AuthFile;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Sets another password, by the one until now or by a code that is mailed. Every session ends;
/// this machine is signed in again by the new one.
@Does(Effect.WRITE)
@Command(
    name = "password",
    description = "Change the password of your account, or set one you forgot by an e-mail code.",
    footer = {
      "",
      "Every machine and browser is signed out; tokens for scripts stay. Passwords are asked for,",
      "or read line by line from a pipe: the old one (or the code), then the new one.",
      "Example: claudemesh password --reset ana@example.org"
    })
public final class PasswordCommand extends AccountCommand {
  private static final int SHORTEST = 10;

  @Option(
      names = "--reset",
      paramLabel = "<address>",
      description = "Have a code mailed to this address, and set a password by it.")
  private Optional<String> reset = Optional.empty();

  public PasswordCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  ///
  /// @param signedIn whether this machine is signed in by the new password
  record Changed(String email, boolean signedIn) {}

  @Override
  protected Answer answer() throws IOException {
    return reset.isPresent() ? byMail(reset.get()) : byOld();
  }

  private Answer byOld() throws IOException {
    SignedIn self = signedIn();
    AccountReply.Profile me = call(self, new AccountRequest.ShowProfile());
    HiddenInput input = new HiddenInput(context);
    String current = text(input.ask("Password until now: "));
    String chosen = chosen(input);
    call(self, new AccountRequest.ChangePassword(current, chosen));
    return changed(self.broker(), me.user().email(), chosen, me.via().name());
  }

  private Answer byMail(String email) throws IOException {
    URI url = Brokers.url(context.environment(), broker);
    try (BrokerHttp http = new BrokerHttp(url)) {
      http.call(new CodeRequest.Send(email), Optional.empty(), Map.of());
      context.terminal().talk("If the address has an account, a code was mailed to it.");
      HiddenInput input = new HiddenInput(context);
      String code = text(input.ask("Code from the mail: "));
      String chosen = chosen(input);
      http.call(new CodeRequest.Reset(email, code, chosen), Optional.empty(), Map.of());
      return changed(url, email, chosen, "command line");
    }
  }

  private static String chosen(HiddenInput input) throws IOException {
    String chosen = text(input.ask("New password (" + SHORTEST + " characters or more): "));
    if (chosen.codePointCount(0, chosen.length()) < SHORTEST) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS, "The password is too short: it takes " + SHORTEST + " or more.");
    }
    return chosen;
  }

  private static String text(char[] typed) {
    String text = new String(typed);
    Arrays.fill(typed, '\0');
    return text;
  }

  /// The password stands whatever becomes of the new session.
  private Answer changed(URI url, String email, String password, String machine) {
    boolean again = true;
    try (BrokerHttp http = new BrokerHttp(url)) {
      AccountReply.SignedIn in =
          http.call(
              new AccountRequest.Login(email, password, Optional.of(machine), Optional.empty()),
              Optional.empty(),
              Map.of());
      AuthFile file = context.folder().auth(context.terminal()::warn);
      file.write(
          new AuthFile.Entry(AccountToken.of(in.token()).orElseThrow(), url, in.user().email()));
    } catch (Problem problem) {
      context.terminal().warn("Not signed in again: " + problem.getMessage());
      again = false;
    }
    return Answer.of(new Changed(email, again))
        .line(terminal ->
            terminal.icon(Icon.GOOD)
                + " The password is changed; every other machine and browser is signed out.")
        .next(again ? "claudemesh token list" : "claudemesh login");
  }
}
