package dev.claudemesh.broker.kernel;

import dev.claudemesh.broker.kernel.MembershipStore.Membership;
import dev.claudemesh.db.Database;
import dev.claudemesh.protocol.Catalog;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.crypto.Keys;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Knows a caller by a signature, by the token of an open session, or, in compat mode only, by what
/// an old client claims of itself.
///
/// A mesh that is not there and a mesh the caller is not a member of give the same answer, so that
/// nobody can search for meshes.
public final class SignedCallers implements SignedCalls {
  private static final String BEARER = "Bearer ";

  /// A nonce is remembered a little longer than its timestamp passes, so that a clock set back does
  /// not let it pass again.
  private static final Duration MEMORY = Duration.ofMinutes(5);

  private final MembershipStore memberships;
  private final ProofStore proofs;
  private final HttpTokenStore tokens;
  private final Peers peers;
  private final InstantSource clock;
  private final Duration skew;
  private final Optional<UnsignedCallers> unsigned;
  private final AccountCalls accounts;

  /// @param compat whether calls of old clients, which prove nothing, are served
  /// @param accounts asked where an account is what counts
  public SignedCallers(
      Database database,
      Peers peers,
      InstantSource clock,
      Duration skew,
      boolean compat,
      AccountCalls accounts) {
    this.memberships = new MembershipStore(database);
    this.proofs = new ProofStore(database);
    this.tokens = new HttpTokenStore(database);
    this.peers = peers;
    this.clock = clock;
    this.accounts = accounts;
    this.skew = skew;
    this.unsigned = compat ? Optional.of(new UnsignedCallers(memberships)) : Optional.empty();
  }

  @Override
  public Caller resolve(HttpCall call, Catalog.Op op) {
    Optional<PublicKey> signer = CallProof.of(call).map(proof -> proven(proof, call));
    return switch (op.operation().access()) {
      case OPEN -> caller(call, Optional.empty(), signer);
      case SIGNED -> bySigner(call, op, signer);
      case ACCOUNT -> byAccount(call, signer);
      case MEMBER, SELF, SEND, WRITE, TOOLS, INVITE, ADMIN, MANAGE_PERMISSIONS, DELETE_MESH ->
          caller(call, Optional.of(member(call, op, signer)), signer);
    };
  }

  /// Where the route names a mesh, as the member that is tied to the account there.
  private Caller byAccount(HttpCall call, Optional<PublicKey> signer) {
    SignedIn self = accounts.signedIn(call);
    Optional<Member> member =
        call.mesh()
            .map(mesh ->
                present(
                    accounts
                        .member(self, mesh, signer)
                        .flatMap(id -> memberships.byId(id.meshId(), id.memberId())),
                    mesh));
    return new Caller(
        member,
        signer,
        Optional.of(self),
        Optional.empty(),
        Optional.empty(),
        call.publicUrl(),
        call.remote());
  }

  private Caller bySigner(HttpCall call, Catalog.Op op, Optional<PublicKey> signer) {
    if (signer.isEmpty() && unsigned.filter(old -> old.namesUser(call, op)).isEmpty()) {
      throw unsignedCall();
    }
    return caller(call, Optional.empty(), signer);
  }

  private Member member(HttpCall call, Catalog.Op op, Optional<PublicKey> signer) {
    String mesh =
        call.mesh()
            .orElseThrow(() -> new IllegalStateException(op.type() + " needs a mesh in its route"));
    if (signer.isPresent()) {
      Member member = present(memberships.byKeyIn(mesh, signer.get()), mesh);
      return call.header("x-mesh-permissions")
          .map(SignedCallers::names)
          .map(member::heldTo)
          .orElse(member);
    }
    Optional<String> token =
        call.header("authorization")
            .filter(text -> text.startsWith(BEARER))
            .map(text -> text.substring(BEARER.length()).strip());
    if (token.isPresent()) {
      return byToken(token.get(), mesh);
    }
    return unsigned
        .flatMap(old -> old.member(call, op, mesh))
        .map(found -> present(Optional.of(found), mesh))
        .orElseThrow(SignedCallers::unsignedCall);
  }

  /// The permissions a caller wants to be held to. Names that there are not give nothing.
  private static Set<String> names(String list) {
    return Stream.of(list.split(",")).map(String::strip).collect(Collectors.toSet());
  }

  private PublicKey proven(CallProof proof, HttpCall call) {
    Instant now = clock.instant();
    proof.check(call, now, skew);
    if (!proofs.spend(proof.digest(), now.plus(MEMORY), now)) {
      throw new Problem(
          ProblemCode.REPLAYED,
          "This signed call was already made; sign it again with a new nonce");
    }
    return proof.key();
  }

  /// The token is good while its peer is here: connected, or within the grace.
  private Member byToken(String token, String mesh) {
    Peer peer =
        tokens
            .presence(Keys.sha256Hex(token.getBytes(StandardCharsets.UTF_8)))
            .flatMap(peers::byPresence)
            .orElseThrow(() ->
                new Problem(
                    ProblemCode.UNAUTHORIZED,
                    "This token is not valid; it ended with its session. Sign the call, or connect"
                        + " again"));
    Member member = peer.member();
    if (!mesh.equals(member.meshId()) && !mesh.equals(member.meshSlug())) {
      throw notFound(mesh);
    }
    Member now = present(memberships.byId(member.meshId(), member.id()), mesh);
    return peer.client().heldTo().map(now::heldTo).orElse(now);
  }

  private static Member present(Optional<Membership> found, String mesh) {
    Membership membership = found.orElseThrow(() -> notFound(mesh));
    if (membership.banned()) {
      throw new Problem(
          ProblemCode.REVOKED, "You were removed from this mesh; ask an admin to take you back");
    }
    if (membership.revoked()) {
      throw notFound(mesh);
    }
    return membership.member();
  }

  private static Problem notFound(String mesh) {
    return new Problem(
        ProblemCode.NOT_FOUND,
        "You are in no mesh \"" + abbreviated(mesh) + "\"; see your meshes with `claudemesh list`");
  }

  private static Problem unsignedCall() {
    return new Problem(
        ProblemCode.UNAUTHORIZED,
        "Sign this call with your key (X-Mesh-Member, -Timestamp, -Nonce, -Signature), or send the"
            + " http_token of an open session");
  }

  private static String abbreviated(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }

  private static Caller caller(HttpCall call, Optional<Member> member, Optional<PublicKey> signer) {
    return new Caller(
        member, signer, Optional.empty(), Optional.empty(), call.publicUrl(), call.remote());
  }
}
