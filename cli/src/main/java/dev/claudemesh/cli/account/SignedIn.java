package dev.claudemesh.cli.account;

import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Brokers;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.config.AuthFile;
import java.net.URI;
import java.util.Optional;

/// By which token this command calls which broker, and where the token came from.
///
/// @param email from the file; empty where only the broker knows
/// @param source for people: `--token`, `CLAUDEMESH_TOKEN`, or the file's path
public record SignedIn(AccountToken token, URI broker, Optional<String> email, String source) {
  static final String VARIABLE = "CLAUDEMESH_TOKEN";

  /// What `--token` says, else `CLAUDEMESH_TOKEN`, else `auth.json`. A token of the file goes to
  /// the broker it is from and to no other.
  ///
  /// @throws Problem `token_malformed`, or `invalid` for a file that is broken
  public static Optional<SignedIn> find(
      Context context, Optional<String> flag, Optional<String> broker) {
    if (flag.isPresent()) {
      return Optional.of(given(context, flag.get(), broker, "--token"));
    }
    Optional<String> variable = context.environment().variable(VARIABLE);
    if (variable.isPresent()) {
      return Optional.of(given(context, variable.get(), broker, VARIABLE));
    }
    AuthFile file = context.folder().auth(context.terminal()::warn);
    Optional<AuthFile.Entry> entry = file.read();
    entry.ifPresent(known ->
        broker
            .map(Brokers::webSocket)
            .filter(asked -> !asked.equals(known.broker()))
            .ifPresent(asked -> {
              throw new CommandFailure(
                  ExitCode.AUTH,
                  "You are signed in at "
                      + known.broker()
                      + ", not at "
                      + asked
                      + "; run claudemesh login --broker "
                      + asked);
            }));
    return entry.map(known ->
        new SignedIn(
            known.token(),
            known.broker(),
            Optional.of(known.email()).filter(email -> !email.isEmpty()),
            file.path().toString()));
  }

  /// @throws CommandFailure if nobody is signed in
  static SignedIn require(Context context, Optional<String> flag, Optional<String> broker) {
    return find(context, flag, broker)
        .orElseThrow(() ->
            new CommandFailure(
                ExitCode.AUTH, "You are not signed in to an account; run claudemesh login"));
  }

  private static SignedIn given(
      Context context, String text, Optional<String> broker, String source) {
    return new SignedIn(
        token(text, source), Brokers.url(context.environment(), broker), Optional.empty(), source);
  }

  /// @throws Problem `token_malformed`
  static AccountToken token(String text, String source) {
    return AccountToken.of(text)
        .filter(token -> token.kind() != AccountToken.Kind.WEB)
        .orElseThrow(() ->
            new Problem(
                ProblemCode.TOKEN_MALFORMED,
                "What "
                    + source
                    + " gives is no token; copy the whole of it: cm_session_… or cm_pat_…, and 52"
                    + " characters"));
  }
}
