package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.AuthFile;
import java.util.Optional;
import picocli.CommandLine.Command;

/// Ends this machine's session on the broker, and forgets its token. The file goes whatever the
/// broker says.
@Does(Effect.WRITE)
@Command(name = "logout", description = "Sign this machine out of its account.")
public final class LogoutCommand extends CliCommand {
  public LogoutCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  ///
  /// @param revoked whether the broker ended the session
  record Done(boolean signedOut, boolean revoked) {}

  @Override
  protected Answer answer() {
    AuthFile file = context.folder().auth(context.terminal()::warn);
    boolean revoked = revoke(file);
    boolean deleted = file.delete();
    if (context.environment().variable(SignedIn.VARIABLE).isPresent()) {
      context
          .terminal()
          .warn(SignedIn.VARIABLE + " is set, and was left: unset it to use it no more");
    }
    return Answer.of(new Done(deleted, revoked))
        .line(
            deleted
                ? "Signed out; " + file.path() + " is removed."
                : "You were not signed in to an account.");
  }

  private boolean revoke(AuthFile file) {
    Optional<AuthFile.Entry> entry;
    try {
      entry = file.read();
    } catch (Problem broken) {
      context.terminal().warn(file.path() + " could not be read; it is removed unread");
      return false;
    }
    if (entry.isEmpty()) {
      return false;
    }
    try (BrokerHttp http = new BrokerHttp(entry.get().broker())) {
      http.call(new AccountRequest.Logout(), entry.get().token());
      return true;
    } catch (Problem problem) {
      if (problem.code().category()
          != dev.claudemesh.protocol.ProblemCode.Category.UNAUTHENTICATED) {
        context
            .terminal()
            .warn(
                "The broker did not end the session ("
                    + problem.getMessage()
                    + "). Sign in later and end it there, if somebody else may have the token");
      }
      return false;
    }
  }
}
