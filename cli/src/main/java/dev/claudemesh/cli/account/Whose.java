package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Context;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.client.BrokerHttp;
import java.util.Optional;

/// Whose account somebody works for, where they are signed in to one.
///
/// @param email as the broker says, else as it was when they signed in; empty if nobody knows
/// @param source where the token came from
/// @param problem why the broker did not say it
public record Whose(String email, String broker, String source, Optional<String> problem) {

  /// Asks the broker. What is wrong with a token or a file is told, not thrown: keys work without.
  public static Optional<Whose> find(Context context, Optional<String> token) {
    Optional<SignedIn> self;
    try {
      self = SignedIn.find(context, token, Optional.empty());
    } catch (Problem broken) {
      return Optional.of(new Whose("", "", "", Optional.of(broken.getMessage())));
    }
    return self.map(Whose::asked);
  }

  private static Whose asked(SignedIn self) {
    String known = self.email().orElse("");
    try (BrokerHttp http = new BrokerHttp(self.broker())) {
      String email = http.call(new AccountRequest.ShowProfile(), self.token()).user().email();
      return new Whose(email, self.broker().toString(), self.source(), Optional.empty());
    } catch (Problem problem) {
      return new Whose(
          known, self.broker().toString(), self.source(), Optional.of(problem.getMessage()));
    }
  }
}
