package dev.claudemesh.broker;

import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.SecretKey;
import java.util.Optional;

/// A member of a test's mesh, with their secret key.
///
/// @param session the session key this member connects with; empty for a client that speaks as the
///   member
public record TestMember(
    String meshId,
    String meshSlug,
    String id,
    String name,
    SecretKey key,
    Optional<SecretKey> session) {

  /// The same member with a session key of its own.
  public TestMember withSession() {
    return new TestMember(meshId, meshSlug, id, name, key, Optional.of(Keys.generate()));
  }

  /// What others send to.
  public String address() {
    return session.orElse(key).publicKey().hex();
  }

  public String pubkey() {
    return key.publicKey().hex();
  }
}
