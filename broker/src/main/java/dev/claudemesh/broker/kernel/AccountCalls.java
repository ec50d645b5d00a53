package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.crypto.PublicKey;
import java.util.Optional;

/// Whose account a call is made for. The room accounts knows.
public interface AccountCalls {
  /// @throws dev.claudemesh.protocol.Problem saying what is wrong with the token, or that there is
  ///   none
  SignedIn signedIn(HttpCall call);

  /// Which member is tied to an account in a mesh; of several, the one whose key signed.
  ///
  /// @param mesh id or short name
  Optional<MemberId> member(SignedIn self, String mesh, Optional<PublicKey> signer);

  /// A member of a mesh.
  record MemberId(String meshId, String memberId) {}
}
