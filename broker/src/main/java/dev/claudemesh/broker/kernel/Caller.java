package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.net.InetAddress;
import java.net.URI;
import java.util.Optional;

/// Who makes a request, and by what way it came.
///
/// @param member the member it was proven to be, in the mesh the request is about
/// @param signer the key that signed an HTTP call
/// @param account whose account it was proven to be, for what accounts do
/// @param peer who is at the other end of the socket, after the hello
/// @param connection the socket, before and after the hello
/// @param publicUrl the HTTP address under which the caller reached the broker, for links
/// @param remote where the call came from, for rate limits of the unproven
public record Caller(
    Optional<Member> member,
    Optional<PublicKey> signer,
    Optional<SignedIn> account,
    Optional<Peer> peer,
    Optional<Connection> connection,
    URI publicUrl,
    InetAddress remote) {

  /// Somebody who proved no account.
  public Caller(
      Optional<Member> member,
      Optional<PublicKey> signer,
      Optional<Peer> peer,
      Optional<Connection> connection,
      URI publicUrl,
      InetAddress remote) {
    this(member, signer, Optional.empty(), peer, connection, publicUrl, remote);
  }

  public Member requireMember() {
    return member.orElseThrow(
        () -> new Problem(ProblemCode.UNAUTHORIZED, "Only a member of the mesh may do this"));
  }

  public PublicKey requireSigner() {
    return signer.orElseThrow(() ->
        new Problem(ProblemCode.UNAUTHORIZED, "Sign this call with your key (X-Mesh-* headers)"));
  }

  public SignedIn requireAccount() {
    return account.orElseThrow(() ->
        new Problem(
            ProblemCode.UNAUTHORIZED,
            "Send the token of an account (Authorization: Bearer cm_session_… or cm_pat_…)"));
  }

  /// The peer behind the socket.
  ///
  /// @throws Problem over HTTP, where there is none
  public Peer requirePeer() {
    return peer.orElseThrow(
        () -> new Problem(ProblemCode.INVALID_REQUEST, "This operation needs an open connection"));
  }

  public Connection requireConnection() {
    return connection.orElseThrow(
        () -> new Problem(ProblemCode.INVALID_REQUEST, "This operation needs an open connection"));
  }
}
