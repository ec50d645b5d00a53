package dev.claudemesh.broker.kernel;

/// Whose account a call is made for. The room accounts knows.
public interface AccountCalls {
  /// @throws dev.claudemesh.protocol.Problem saying what is wrong with the token, or that there is
  ///   none
  SignedIn signedIn(HttpCall call);
}
